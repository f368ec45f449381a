package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.PlacementRefused;
import dev.latchkey.agent.machine.Accounts;
import dev.latchkey.agent.machine.AccountsFailed;
import dev.latchkey.agent.machine.OwnRights;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A placement after what can be told without its directory: where, under which name, for whom.
 *
 * @param directory the parent of what is written
 */
record Wanted(Path path, Path directory, String name, Ownership ownership) {

  /** What names of versions and temporary files put around a name: {@code .NAME.16 digits.tmp}. */
  private static final int LONGEST_NAME = 255 - 22;

  private static final int GREATEST_MODE = 0640;
  private static final int LEAST_MODE = 0400;

  static Wanted of(Placement placement, OwnRights own, Accounts accounts) {
    Path path = placement.path();
    Path directory = path.getParent();
    Path name = path.getFileName();
    if (!path.isAbsolute() || !path.normalize().equals(path)) {
      throw new PlacementRefused(path, "is no absolute path without '.' and '..'; name it from /");
    }
    if (directory == null || name == null) {
      throw new PlacementRefused(path, "is no place for a file; name a path below a directory");
    }
    if (name.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      throw new PlacementRefused(path, "has a last part of over " + LONGEST_NAME + " bytes");
    }
    return new Wanted(path, directory, name.toString(), ownership(placement, own, accounts));
  }

  private static Ownership ownership(Placement placement, OwnRights own, Accounts accounts) {
    Path path = placement.path();
    int mode = placement.mode();
    if ((mode & ~GREATEST_MODE) != 0 || (mode & LEAST_MODE) == 0) {
      throw new PlacementRefused(
          path,
          "cannot have mode "
              + String.format("%04o", mode)
              + "; its owner has to read it, and nobody may have more than in 0640");
    }
    int uid =
        placement.owner().map(name -> number(path, "user", name, accounts::uid)).orElse(own.uid());
    int gid =
        placement.group().map(name -> number(path, "group", name, accounts::gid)).orElse(own.gid());
    if (uid != own.uid() && !own.mayChown()) {
      throw new PlacementRefused(
          path,
          "cannot belong to "
              + placement.owner().orElseThrow()
              + ": only CAP_CHOWN gives a file to another user; grant it to the agent, or leave the"
              + " owner out and name a group");
    }
    if (!own.mayGiveTo(gid)) {
      throw new PlacementRefused(
          path,
          "cannot belong to the group "
              + placement.group().orElseThrow()
              + ": the agent's user is not in it; add it, or grant CAP_CHOWN");
    }
    return new Ownership(uid, gid, mode);
  }

  private static int number(
      Path path, String what, String name, Function<String, OptionalInt> lookup) {
    if (name.matches("\\d{1,9}")) {
      return Integer.parseInt(name);
    }
    String refused = "cannot belong to the " + what + " " + name + ": ";
    try {
      return lookup
          .apply(name)
          .orElseThrow(() -> new PlacementRefused(path, refused + "there is none"));
    } catch (AccountsFailed untold) {
      throw new PlacementRefused(path, refused + untold.getMessage());
    }
  }
}
