package dev.latchkey.agent.machine;

import java.util.OptionalInt;

/**
 * The users and groups of the machine, by name. Blocks; throws {@link AccountsFailed} where it
 * could not be found out whether there is one.
 */
public interface Accounts {

  /** The number of a user. */
  OptionalInt uid(String user);

  /** The number of a group. */
  OptionalInt gid(String group);
}
