package dev.latchkey.agent.rotation;

import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When the next scheduled rotation of one secret is due, and what keeps it from being begun. What
 * fails is tried again with backoff. Used inside the secret's {@link Mailbox} alone; blocks.
 */
final class ScheduledRotation {

  private static final int REMEMBERED = 20;

  /** Of the first rotation, which no publish and no failed one delays; always past. */
  private static final Instant AT_ONCE = Instant.EPOCH;

  private final SecretName name;
  private final RotationDeclaration declaration;
  private final RotationContext context;
  private final RotationJournal journal;
  private final RotationRequests requests;
  private Optional<Instant> nextAt = Optional.empty();
  private Optional<Trouble> trouble = Optional.empty();

  ScheduledRotation(
      SecretName name,
      RotationDeclaration declaration,
      RotationContext context,
      RotationJournal journal,
      RotationRequests requests) {
    this.name = name;
    this.declaration = declaration;
    this.context = context;
    this.journal = journal;
    this.requests = requests;
  }

  /**
   * When the next one is due; empty without an interval, and while the first one is due at once,
   * since there is no publish to count from.
   */
  Optional<Instant> nextAt() {
    return nextAt.filter(at -> !at.equals(AT_ONCE));
  }

  /** Why the last try failed, such as {@code waiting: …}; empty when it did not. */
  String waiting() {
    return trouble.map(Trouble::waiting).orElse("");
  }

  /** Makes what failed be tried again now. */
  void forgetTrouble() {
    trouble = Optional.empty();
  }

  /** Plans anew; answers the rotation to begin when one is due and nothing is under way. */
  Optional<RotationRecord> due(boolean underWay) {
    if (declaration.interval().isEmpty() || waits()) {
      return Optional.empty();
    }
    Optional<SecretState> current = CurrentLogin.state(context.current(), name);
    Instant due = dueAt(current, declaration.interval().get());
    nextAt = Optional.of(due);
    return underWay || context.time().now().isBefore(due)
        ? Optional.empty()
        : Optional.of(requests.rotate(current, "", "schedule"));
  }

  private Instant dueAt(Optional<SecretState> current, Duration interval) {
    Instant since = current.map(SecretState::publishedAt).orElse(AT_ONCE);
    List<RotationRecord> history = journal.history(name, REMEMBERED);
    Instant due = RotationSchedule.next(name, since, interval, history);
    boolean nothingDelays = current.isEmpty() && !due.isAfter(since.plus(interval));
    return nothingDelays ? AT_ONCE : due;
  }

  private boolean waits() {
    return trouble.filter(now -> now.retryAtNanos() - context.time().nanoTime() > 0).isPresent();
  }

  /** Notes that it could be planned, and begun if it was due. */
  void succeeded() {
    if (declaration.interval().isEmpty() || !waits()) {
      trouble = Optional.empty();
    }
  }

  /** Notes what failed, and when it is tried again. */
  void failed(RuntimeException e) {
    int attempts = trouble.map(before -> before.attempts() + 1).orElse(1);
    Duration delay = RotationRunner.BACKOFF.delay(attempts, context.random());
    trouble =
        Optional.of(Trouble.of(e, attempts).retryAt(context.time().nanoTime() + delay.toNanos()));
  }

  /** How long until something may be due; empty when nothing is to come. */
  Optional<Duration> wait(boolean underWay) {
    return trouble
        .map(now -> Duration.ofNanos(now.retryAtNanos() - context.time().nanoTime()))
        .or(() -> nextAt.filter(at -> !underWay).map(at -> Waking.until(at, context.time().now())));
  }
}
