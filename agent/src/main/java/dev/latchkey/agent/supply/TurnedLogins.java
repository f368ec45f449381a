package dev.latchkey.agent.supply;

import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Logins whose password the manager changes by itself: each new one is proved before it may become
 * current, and read as soon as the manager's change is due. Safe for use by several threads.
 *
 * <p>Managers change a password some seconds after it is due, and the one before is refused from
 * then on. So an overdue login is read twice a second for a while, and ever more rarely when the
 * manager does not come to it.
 */
final class TurnedLogins {

  private static final Duration AFTER = Duration.ofMillis(250);
  private static final Duration OVERDUE = Duration.ofMillis(500);
  private static final int PATIENCE = 20;
  private static final int MOST_DOUBLINGS = 16;

  private final ConcurrentHashMap<SecretName, Due> dues = new ConcurrentHashMap<>();
  private final Current current;
  private final Proofs proofs;
  private final TimeSource time;

  TurnedLogins(Current current, Proofs proofs, TimeSource time) {
    this.current = current;
    this.proofs = proofs;
    this.time = time;
  }

  /**
   * When the manager's change is due.
   *
   * @param overdueReads how often it was read since then without being changed
   */
  private record Due(Instant at, int overdueReads) {}

  /**
   * Requires that what was read may become current: it is no such login, is the one held, or opens
   * the declared target.
   */
  void admit(Declaration declaration, BackendRead read) {
    SecretName name = declaration.name();
    if (read.changesAt().isEmpty()) {
      dues.remove(name);
      return;
    }
    note(name, read.changesAt().get());
    if (!isHeld(name, read.content())) {
      proofs.require(target(declaration), read.content());
    }
  }

  private static String target(Declaration declaration) {
    return declaration
        .source()
        .target()
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.NOT_POSSIBLE_NOW,
                    declaration.name()
                        + " is a login whose password the backend changes by itself; declare it"
                        + " under secrets: with the target at which each new one is proved"));
  }

  private boolean isHeld(SecretName name, SecretContent content) {
    return current.held(name).filter(held -> held.state().content().equals(content)).isPresent();
  }

  private void note(SecretName name, Instant at) {
    boolean overdue = !at.isAfter(time.now());
    dues.compute(
        name,
        (same, before) ->
            new Due(at, overdue ? (before == null ? 0 : before.overdueReads()) + 1 : 0));
  }

  /** How long until the next read of {@code name}, where {@code usual} is what it would be. */
  Duration next(SecretName name, Duration usual) {
    Due due = dues.get(name);
    if (due == null) {
      return usual;
    }
    Duration wait =
        due.overdueReads() == 0
            ? Duration.between(time.now(), due.at()).plus(AFTER)
            : OVERDUE.multipliedBy(1L << doublings(due.overdueReads()));
    Duration sensible = wait.isNegative() ? AFTER : wait;
    return sensible.compareTo(usual) < 0 ? sensible : usual;
  }

  private static int doublings(int overdueReads) {
    return Math.clamp(overdueReads - PATIENCE, 0, MOST_DOUBLINGS);
  }
}
