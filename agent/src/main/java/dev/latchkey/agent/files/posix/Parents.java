package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.PlacementRefused;
import dev.latchkey.agent.machine.OwnRights;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The way from the root to a directory, opened step by step. Each step is looked at: a symlink is
 * refused, and so is a directory that is shared, which means that everybody may write it, or a
 * group that is neither root's, one of the agent's nor the delivery's: whoever is in it could
 * exchange what lies on the way. Who owns a directory could do so too; the operator names the path,
 * and owners are not looked at.
 *
 * <p>A shared directory is let pass where it is sticky, and where something is mounted right there,
 * as Kubernetes makes its volumes; what lies in such a directory has to belong to root, the agent's
 * user or the owner of the delivery.
 */
final class Parents {

  private static final int ROOT = 0;

  private final OwnRights own;

  Parents(OwnRights own) {
    this.own = own;
  }

  OwnRights own() {
    return own;
  }

  /** Opens the parent of what is wanted; makes what is missing, for the own user alone. */
  Directory make(Wanted wanted) throws PosixFault {
    try (Directory last = walk(wanted, true)) {
      return usable(last);
    }
  }

  /** Opens the parent of what is wanted if it is there. */
  Optional<Directory> find(Wanted wanted) throws PosixFault {
    try (Directory last = walk(wanted, false)) {
      return last.path().equals(wanted.directory()) ? Optional.of(usable(last)) : Optional.empty();
    }
  }

  /** The last directory on the way that is there, in which the own user could make the rest. */
  Directory nearest(Wanted wanted) throws PosixFault {
    try (Directory last = walk(wanted, false)) {
      return usable(last);
    }
  }

  private Directory walk(Wanted wanted, boolean making) throws PosixFault {
    Directory here = Directory.root();
    try {
      boolean shared = false;
      for (Path part : wanted.directory()) {
        Optional<Directory> next = next(here, part.toString(), making);
        if (next.isEmpty()) {
          return here;
        }
        here.close();
        here = next.get();
        shared = check(here, shared, wanted);
      }
      return here;
    } catch (PosixFault | RuntimeException fault) {
      here.close();
      throw fault;
    }
  }

  private Optional<Directory> next(Directory here, String name, boolean making) throws PosixFault {
    try {
      return Optional.of(here.step(name));
    } catch (PosixFault fault) {
      if (!fault.isOneOf(Errno.ENOENT)) {
        throw explained(here, name, fault);
      }
    }
    if (!making) {
      return Optional.empty();
    }
    try {
      here.make(name, own.uid());
      try (Directory opened = here.opened()) {
        opened.sync();
      }
    } catch (PosixFault fault) {
      if (!fault.isOneOf(Errno.EEXIST)) {
        throw explained(here, name, fault);
      }
    }
    try {
      return Optional.of(here.step(name));
    } catch (PosixFault fault) {
      throw explained(here, name, fault);
    }
  }

  /** Answers whether the directory is shared. */
  private boolean check(Directory here, boolean parentShared, Wanted wanted) throws PosixFault {
    FileStat stat = here.stat();
    boolean shared = stat.othersWrite() || foreignGroupWrites(stat, wanted.ownership());
    if (shared && !stat.sticky() && !stat.mountRoot()) {
      throw new PlacementRefused(
          here.path(),
          "may be written by "
              + (stat.othersWrite()
                  ? "everybody"
                  : "the group " + Integer.toUnsignedString(stat.gid()))
              + ", who could put another file in the place of "
              + wanted.path()
              + "; take that right away (chmod "
              + (stat.othersWrite() ? "o-w)" : "g-w), or give the delivery that group"));
    }
    if (parentShared && !trusted(stat.uid(), wanted.ownership())) {
      throw new PlacementRefused(
          here.path(),
          "belongs to user "
              + Integer.toUnsignedString(stat.uid())
              + " and lies where others may write; choose another directory, or make it as the"
              + " agent's user");
    }
    return shared;
  }

  private boolean foreignGroupWrites(FileStat stat, Ownership ownership) {
    return stat.groupWrites()
        && stat.gid() != ROOT
        && stat.gid() != ownership.gid()
        && !own.isIn(stat.gid());
  }

  /** Whether what is this user's may be taken for ours. */
  boolean trusted(int uid, Ownership ownership) {
    return uid == ROOT || uid == own.uid() || uid == ownership.uid();
  }

  private static Directory usable(Directory directory) throws PosixFault {
    try {
      directory.checkUsable();
      return directory.opened();
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.EACCES, Errno.EPERM, Errno.EROFS)) {
        throw new PlacementRefused(
            directory.path(),
            fault.isOneOf(Errno.EROFS)
                ? "lies on a file system that is read-only; mount it writable, or choose another"
                : "must be readable, writable and searchable for the agent's user; change its"
                    + " owner or mode, or choose another");
      }
      throw fault;
    }
  }

  private static PosixFault explained(Directory here, String name, PosixFault fault)
      throws PosixFault {
    Path path = here.path(name);
    if (fault.isOneOf(Errno.ENOTDIR, Errno.ELOOP)) {
      Optional<String> target = here.readLink(name);
      if (target.isPresent()) {
        throw new PlacementRefused(
            path,
            "is a symlink to "
                + Shown.text(target.get())
                + ", and a parent of a delivery must not be one; name the real directory");
      }
      throw new PlacementRefused(path, "is no directory, or was exchanged while it was opened");
    }
    if (fault.isOneOf(Errno.EACCES, Errno.EROFS)) {
      throw new PlacementRefused(
          here.path(),
          "does not let the agent's user in to " + name + "; change its owner or mode");
    }
    return fault;
  }
}
