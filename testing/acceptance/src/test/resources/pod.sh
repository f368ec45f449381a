#!/bin/sh
# What a kubelet makes of a pod's volumes and containers, as far as a kernel alone can: a mount
# namespace with the volumes, and in it one of mounts and processes for each container. No network,
# no seccomp profile and no image of its own: containers see this machine's files, read-only.
# Needs root.
#
#   pod.sh volumes DIRECTORY GROUP             makes the volumes, then waits for the end of its input
#   pod.sh container UID GID GROUP MOUNTS COMMAND...
#                                              in the namespace of the first: becomes the command
#
# DIRECTORY/opt becomes /opt/latchkey; each directory DIRECTORY/volumes/NAME a volume in memory, with
# the files that lie in it as a ConfigMap and a Secret have them. MOUNTS is a list of
# NAME:PLACE:ro or NAME:PLACE:rw.
set -eu

case $1 in
  volumes)
    if [ "${4-}" != private ]; then
      exec unshare --mount --propagation private sh "$0" "$@" private
    fi
    directory=$2 group=$3
    mkdir -p "$directory/mounted"
    mount -t tmpfs -o mode=755 none "$directory/mounted"
    for volume in "$directory"/volumes/*; do
      name=${volume##*/}
      made=$directory/mounted/$name
      mkdir "$made"
      mount -t tmpfs -o "mode=2777,gid=$group,size=64m" none "$made"
      for file in "$volume"/*; do
        [ -e "$file" ] || continue
        mkdir -p "$made/..1"
        cp "$file" "$made/..1/"
        ln -sfn ..1 "$made/..data"
        ln -s "..data/${file##*/}" "$made/${file##*/}"
        chown "0:$group" "$made/..1/${file##*/}"
        chmod 0440 "$made/..1/${file##*/}"
      done
    done
    mount -t tmpfs -o mode=755 none /mnt
    mkdir /mnt/volumes /mnt/upper /mnt/work
    mount --rbind "$directory/mounted" /mnt/volumes
    for name in etc opt var; do
      mkdir "/mnt/upper/$name" "/mnt/work/$name"
      mount -t overlay none "/$name" \
        -o "lowerdir=/$name,upperdir=/mnt/upper/$name,workdir=/mnt/work/$name"
    done
    mkdir -p /opt/latchkey /etc/latchkey /var/lib/latchkey
    mount --bind "$directory/opt" /opt/latchkey
    echo made
    cat > /dev/null
    ;;
  container)
    shift
    uid=$1 gid=$2 group=$3 mounts=$4
    shift 4
    mount -t tmpfs -o mode=755 none /run
    mount -t tmpfs -o mode=755 none /tmp
    for mount in $mounts; do
      place=${mount#*:}
      mkdir -p "${place%:*}"
    done
    for place in / /etc /opt /opt/latchkey /var /run /tmp; do
      mount -o remount,bind,ro "$place"
    done
    for mount in $mounts; do
      place=${mount#*:}
      mount --bind "/mnt/volumes/${mount%%:*}" "${place%:*}"
      [ "${place##*:}" = rw ] || mount -o remount,bind,ro "${place%:*}"
    done
    mount -t tmpfs -o mode=0 none /mnt
    exec setpriv --reuid="$uid" --regid="$gid" --groups="$group" --bounding-set=-all \
      --inh-caps=-all --no-new-privs "$@"
    ;;
esac
