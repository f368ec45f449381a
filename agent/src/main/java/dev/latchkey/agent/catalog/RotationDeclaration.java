package dev.latchkey.agent.catalog;

import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a secret is rotated by two alternating login roles.
 *
 * @param target the name of the configured target
 * @param users the two login roles, in the order of their first use
 * @param owner the NOLOGIN role that owns the objects and that both login roles set
 * @param interval between two scheduled rotations; empty to rotate only when asked
 * @param overlap for how long after a publish the credential before it keeps working
 * @param rollbackWindow for how long after a publish a rollback stays possible although every
 *     holder acknowledged
 */
public record RotationDeclaration(
    String target,
    List<String> users,
    String owner,
    Optional<Duration> interval,
    Duration overlap,
    Duration rollbackWindow) {

  public RotationDeclaration {
    users = List.copyOf(users);
    if (users.size() != 2 || users.get(0).equals(users.get(1))) {
      throw SecretException.invalid("users", "must name two different login roles that alternate");
    }
    if (users.contains(owner)) {
      throw SecretException.invalid("owner", "must be another role than the two login roles");
    }
    if (rollbackWindow.compareTo(overlap) > 0) {
      throw SecretException.invalid(
          "rollback_window",
          "is longer than overlap; the credential before would be retired earlier");
    }
    interval.ifPresent(
        length -> {
          if (length.compareTo(overlap) < 0) {
            throw SecretException.invalid(
                "interval", "is shorter than overlap; lengthen it or shorten overlap");
          }
        });
  }

  /** The login role that is idle while {@code user} is in use; the first one for any other name. */
  public String twinOf(String user) {
    return users.get(0).equals(user) ? users.get(1) : users.get(0);
  }
}
