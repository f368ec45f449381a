package dev.latchkey.agent.access;

import dev.latchkey.agent.caller.Caller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which callers a rule speaks of; all that is given must hold.
 *
 * @param executable the program that must run; a caller whose program cannot be read never matches
 */
public record CallerCondition(OptionalInt uid, OptionalInt gid, Optional<Path> executable) {

  public CallerCondition {
    if (uid.isEmpty() && gid.isEmpty()) {
      throw new IllegalArgumentException(
          "a caller is told by uid or gid; an executable alone narrows nothing");
    }
  }

  /** Every process of a user. */
  public static CallerCondition uid(int uid) {
    return new CallerCondition(OptionalInt.of(uid), OptionalInt.empty(), Optional.empty());
  }

  /** Every process of a group. */
  public static CallerCondition gid(int gid) {
    return new CallerCondition(OptionalInt.empty(), OptionalInt.of(gid), Optional.empty());
  }

  /** Whether {@code caller} is meant. */
  public boolean matches(Caller caller) {
    return (uid.isEmpty() || uid.getAsInt() == caller.uid())
        && (gid.isEmpty() || gid.getAsInt() == caller.gid())
        && (executable.isEmpty() || executable.equals(caller.executable()));
  }

  /** The condition in words. */
  public String words() {
    List<String> words = new ArrayList<>();
    uid.ifPresent(number -> words.add("uid " + Integer.toUnsignedString(number)));
    gid.ifPresent(number -> words.add("gid " + Integer.toUnsignedString(number)));
    executable.ifPresent(path -> words.add("executable " + path));
    return String.join(" ", words);
  }
}
