package dev.latchkey.agent.config;

import dev.latchkey.agent.machine.AccountsFailed;
import java.util.OptionalInt;
import java.util.function.Function;

/** Looks up the users and groups that the configuration names. */
final class AccountNames {

  private AccountNames() {}

  /**
   * The number of the account that a key names; empty where there is none, or nobody could say, of
   * which a problem is noted.
   *
   * @param kind {@code user} or {@code group}
   */
  static OptionalInt number(
      Section section, String key, String kind, Function<String, OptionalInt> lookup) {
    String name = kind + " \"" + section.text(key) + "\"";
    try {
      OptionalInt number = lookup.apply(section.text(key));
      if (number.isEmpty()) {
        section.problem(key, "there is no " + name + " on this machine");
      }
      return number;
    } catch (AccountsFailed untold) {
      section.passing(
          key,
          "whether there is a "
              + name
              + " is not known: "
              + untold.getMessage()
              + "; start again once it answers, or give the number");
      return OptionalInt.empty();
    }
  }
}
