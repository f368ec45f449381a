package dev.latchkey.demo.report;

import java.util.ArrayList;
import java.util.List;

/**
 * One rotation and what was found after it.
 *
 * @param number counted from 1
 * @param version the version that it published
 * @param user the login role that the version carries
 * @param logins new sessions of that role which the application used
 * @param publishToUseMs from the publish to the first transaction as the new role; NaN when there
 *     was none
 * @param retiredUser the login role of the version before
 * @param sessionsOfRetired sessions of it left after its retirement
 * @param endedSessions sessions of it that had to be ended
 * @param oldPasswordRefused whether a login with the version before was refused
 * @param oldPassword how that login went, in words
 * @param problems what was not as it must be; empty when all was
 */
public record Round(
    int number,
    long version,
    String user,
    int logins,
    double publishToUseMs,
    String retiredUser,
    int sessionsOfRetired,
    int endedSessions,
    boolean oldPasswordRefused,
    String oldPassword,
    List<String> problems) {

  public Round {
    problems = List.copyOf(problems);
  }

  /**
   * The same with the judgement on it; {@code pool} is how many new logins there must be at least.
   */
  public Round judged(int pool) {
    List<String> found = new ArrayList<>();
    if (logins < pool) {
      found.add("only " + logins + " of at least " + pool + " new logins as " + user);
    }
    if (sessionsOfRetired != 0) {
      found.add(sessionsOfRetired + " sessions of the retired " + retiredUser + " are left");
    }
    if (!oldPasswordRefused) {
      found.add("the old password of " + retiredUser + " was " + oldPassword);
    }
    return new Round(
        number,
        version,
        user,
        logins,
        publishToUseMs,
        retiredUser,
        sessionsOfRetired,
        endedSessions,
        oldPasswordRefused,
        oldPassword,
        found);
  }
}
