package dev.latchkey.agent.inject;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.Backoff;
import java.time.Instant;
import java.util.Optional;

/**
 * What is done to the files of one delivery: they are written, taken back, left at the end. How it
 * went is told to the agenda, the tally, the events and the store. Confined to the delivery's
 * mailbox.
 */
final class Upkeep {

  private final Delivery delivery;
  private final DeliveryContext context;
  private final Memory memory;
  private final DeliveryWrite write;
  private final Agenda agenda;
  private final Noted noted;
  private final Tally tally;
  private final Backoff backoff;
  private int failuresInARow;
  private int saveFailuresInARow;

  Upkeep(
      Delivery delivery,
      DeliveryContext context,
      Agenda agenda,
      Noted noted,
      Tally tally,
      Backoff backoff) {
    this.delivery = delivery;
    this.context = context;
    this.memory = new Memory(delivery, context);
    this.write = new DeliveryWrite(delivery, context, memory);
    this.agenda = agenda;
    this.noted = noted;
    this.tally = tally;
    this.backoff = backoff;
  }

  /** Takes up what an earlier life of the agent kept. */
  void takeUp(Kept kept) {
    memory.takeUp(kept);
    tally.tookUp(memory.now().condition());
    if (memory.now().reloadDue() && delivery.reload().isPresent()) {
      agenda.owesReload();
    }
  }

  void deliver() {
    try {
      requireNothingMissing();
      DeliveryWrite.Outcome outcome = write.write();
      outcome.values().current().values().forEach(noted::written);
      failuresInARow = 0;
      tally.written(context.time().now(), outcome.changed());
      agenda.written(outcome.reload());
      save();
    } catch (SecretException unavailable) {
      failed(
          isRevoked(unavailable)
              ? takeBack(unavailable.safeMessage()).orElse(unavailable.safeMessage())
              : unavailable.safeMessage());
    } catch (Throwable notWritten) {
      failed(Tally.words(notWritten));
    }
  }

  /** What is served on elsewhere, stale, is not written again. */
  private void requireNothingMissing() {
    Optional<SecretName> missing = noted.anyMissing();
    if (missing.isPresent()) {
      throw SecretException.of(Reason.NOT_FOUND, atBackendNoMore(missing.get()));
    }
  }

  private static String atBackendNoMore(SecretName name) {
    return name + " is at its backend no more";
  }

  /** The secret manager has it no more. */
  void missing(SecretName name) {
    revoked(atBackendNoMore(name));
  }

  /** Looks at once whether there is a successor: nothing else may be written before it settled. */
  void ended(SecretName name) {
    try {
      var _ = context.current().read(name);
    } catch (SecretException none) {
      if (isRevoked(none)) {
        revoked(none.safeMessage());
      }
    }
  }

  /** Whether a value is good no more; an outage says nothing of one that has no end. */
  private boolean isRevoked(SecretException failure) {
    Instant now = context.time().now();
    return ConsistentRead.saysGone(failure)
        || delivery.secrets().stream()
            .flatMap(name -> context.current().held(name).stream())
            .flatMap(held -> held.state().expiresAt().stream())
            .anyMatch(end -> !now.isBefore(end));
  }

  void failed(String why) {
    failuresInARow++;
    if (!why.equals(tally.problem())) {
      context.events().emit(new AgentEvent.DeliveryFailed(delivery.name(), why));
    }
    tally.failed(why);
    agenda.notWritten(backoff.delay(failuresInARow, context.random()));
  }

  void revoked(String why) {
    takeBack(why).ifPresent(this::failed);
  }

  /**
   * Leaves what was written as the configuration wants it left after a revocation, and lets the
   * program be told of that.
   *
   * @return why it is still there; empty when it is not, or is to be kept
   */
  private Optional<String> takeBack(String why) {
    try {
      if (write.leave(delivery.onRevoked())) {
        tally.left(delivery.onRevoked());
        agenda.takenBack(delivery.reload().isPresent());
        context.events().emit(new AgentEvent.DeliveryTakenBack(delivery.name(), why));
        save();
      }
      return Optional.empty();
    } catch (Throwable notLeft) {
      return Optional.of(
          "what was written is still there and cannot be taken back: "
              + Tally.words(notLeft)
              + "; "
              + why);
    }
  }

  /** Leaves the files as they shall be left at the end. */
  boolean leave(Leaving how) {
    boolean left = write.leave(how);
    save();
    return left;
  }

  /** A reload is over, which another may have to follow. */
  void told() {
    memory.become(memory.now().owing(agenda.reloadWaits()));
    save();
  }

  /** Keeps what happened; what cannot be kept happened all the same, and is kept later. */
  void save() {
    try {
      memory.save();
      saveFailuresInARow = 0;
      agenda.saved();
    } catch (RuntimeException full) {
      saveFailuresInARow++;
      agenda.notSaved(backoff.delay(saveFailuresInARow, context.random()));
    }
  }
}
