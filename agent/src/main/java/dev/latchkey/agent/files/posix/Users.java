package dev.latchkey.agent.files.posix;

import java.util.OptionalInt;

/** The users and groups of the machine, by name. Blocks. */
public interface Users {

  /** The number of a user. */
  OptionalInt uid(String user);

  /** The number of a group. */
  OptionalInt gid(String group);
}
