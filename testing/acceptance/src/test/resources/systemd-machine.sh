#!/bin/sh
# A machine of its own for a test: systemd as the first process of private namespaces, over this
# machine's files, with all that is written kept in memory. Nothing of it is seen from outside, and
# nothing is left. Needs root.
#
#   systemd-machine.sh DIRECTORY
#
# DIRECTORY/opt becomes /opt/latchkey, DIRECTORY/src becomes /mnt/src.
set -eu
directory=$1

if [ "${2-}" != inside ]; then
  # A control group of its own, which is taken away again.
  [ "${2-}" = private ] || exec unshare --mount --propagation private sh "$0" "$directory" private
  mkdir "$directory/cgroup"
  mount -t cgroup2 none "$directory/cgroup"
  group=$directory/cgroup/latchkey-test-$$
  mkdir "$group"
  echo $$ > "$group/cgroup.procs"
  status=0
  unshare --pid --mount --propagation private --uts --ipc --cgroup --fork --kill-child --mount-proc \
    sh "$0" "$directory" inside || status=$?
  echo $$ > "$directory/cgroup/cgroup.procs"
  tries=0
  until [ ! -e "$group" ] || [ $tries = 100 ]; do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
    tries=$((tries + 1))
  done
  exit "$status"
fi

umount -R /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mount -t tmpfs -o mode=755 none /mnt
mkdir /mnt/src /mnt/machine
mount --bind "$directory/src" /mnt/src
: > /mnt/machine/console
for name in etc opt var usr/local; do
  mkdir -p "/mnt/machine/$name/upper" "/mnt/machine/$name/work"
  mount -t overlay none "/$name" \
    -o "lowerdir=/$name,upperdir=/mnt/machine/$name/upper,workdir=/mnt/machine/$name/work"
done
mkdir -p /opt/latchkey
mount --bind -o ro "$directory/opt" /opt/latchkey
mount -t tmpfs -o mode=755 none /run
mount -t tmpfs -o mode=1777 none /tmp
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount --bind /mnt/machine/console /dev/console

# As systemd has it on a machine, but not where it is told that it is in a container: it hands
# credentials over by a mount.
mount --make-rshared /

# Just enough for services with the usual dependencies; what they print is kept.
mkdir -p /run/lock /run/systemd/system /run/output /run/units/service.d
for target in machine sysinit basic network-online nss-user-lookup shutdown; do
  printf '[Unit]\nDefaultDependencies=no\n' > "/run/units/$target.target"
done
printf '[Service]\nStandardOutput=append:/run/output/%%n\nStandardError=inherit\n' \
  > /run/units/service.d/output.conf
export container=test SYSTEMD_UNIT_PATH=/run/units:/etc/systemd/system
exec /lib/systemd/systemd --log-target=console --show-status=0 --unit=machine.target
