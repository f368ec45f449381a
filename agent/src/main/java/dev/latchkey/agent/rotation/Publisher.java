package dev.latchkey.agent.rotation;

import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Lifetime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Takes a proved candidate through the one door, with the rotation's row in the same transaction.
 * Blocks.
 */
final class Publisher {

  private final RotationDeclaration declaration;
  private final RotationContext context;
  private final RotationJournal journal;
  private final StepActs acts;

  Publisher(
      RotationDeclaration declaration,
      RotationContext context,
      RotationJournal journal,
      StepActs acts) {
    this.declaration = declaration;
    this.context = context;
    this.journal = journal;
    this.acts = acts;
  }

  /**
   * Publishes, and cancels every retirement of the login role that becomes current.
   *
   * @param others the secret's other open rotations
   * @return the rows as they are now, the published one first
   */
  List<RotationRecord> publish(RotationRecord row, List<RotationRecord> others) {
    Instant now = context.time().now();
    Instant hardEnd = now.plus(declaration.overlap());
    List<RotationRecord> written = new ArrayList<>();
    context
        .current()
        .publish(
            change(row, now, hardEnd),
            (transaction, published) -> {
              written.clear();
              written.add(row.published(published.id().version(), now, hardEnd));
              others.stream()
                  .filter(other -> other.draining() && other.previousLogin().equals(row.login()))
                  .map(other -> cancelled(other, row, now))
                  .forEach(written::add);
              written.forEach(changed -> journal.write(transaction, changed));
            });
    RotationRecord published = written.getFirst();
    context
        .events()
        .emit(new AgentEvent.RotationPublished(row.name(), row.login(), published.version()));
    return List.copyOf(written);
  }

  private static RotationRecord cancelled(RotationRecord other, RotationRecord by, Instant now) {
    return other.closed(
        RotationStep.ROLLED_BACK,
        "the retirement of " + by.login() + " is cancelled by the " + by.kind().word(),
        now);
  }

  private Change change(RotationRecord row, Instant now, Instant hardEnd) {
    return new Change(
        row.name(),
        acts.content(row),
        new Lifetime.Unleased(),
        acts.upstream().versionOf(row),
        now,
        row.previousLogin().isEmpty() ? Optional.empty() : Optional.of(hardEnd),
        row.rolledBackFrom(),
        cause(row.kind()),
        row.kind() == RotationKind.RECOVER
            ? OptionalLong.empty()
            : OptionalLong.of(row.previousVersion()),
        "",
        row.actor(),
        "");
  }

  private static Cause cause(RotationKind kind) {
    return switch (kind) {
      case ROTATE -> Cause.ROTATION;
      case ROLLBACK -> Cause.ROLLBACK;
      case ADOPT -> Cause.ADOPTION;
      case RECOVER -> Cause.RECOVERY;
    };
  }
}
