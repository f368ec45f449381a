package dev.latchkey.agent.inject;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * What is done to the files of one delivery: they are written, taken back, left at the end. How it
 * went is told to the agenda, the tally, the events and the store. Confined to the delivery's
 * mailbox.
 */
final class Upkeep {

  /** How often at most files are left as they shall be left at the end, within a second. */
  private static final int LAST_ATTEMPTS = 3;

  private final Delivery delivery;
  private final DeliveryContext context;
  private final Memory memory;
  private final DeliveryWrite write;
  private final Agenda agenda;
  private final Noted noted;
  private final Telling telling;
  private final Tally tally;
  private String notTakenBack = "";
  private Instant since;
  private int failuresInARow;
  private int saveFailuresInARow;

  Upkeep(
      Delivery delivery,
      DeliveryContext context,
      Memory memory,
      Agenda agenda,
      Noted noted,
      Telling telling,
      Tally tally,
      Stuck stuck) {
    this.delivery = delivery;
    this.context = context;
    this.memory = memory;
    this.write = new DeliveryWrite(delivery, context, memory, stuck);
    this.agenda = agenda;
    this.noted = noted;
    this.telling = telling;
    this.tally = tally;
    this.since = context.time().now();
  }

  /** Takes up what an earlier life of the agent kept, and what it was not told of any more. */
  void takeUp(Kept kept, Set<SecretName> withdrawn) {
    memory.takeUp(kept);
    if (delivery.onRevoked() != Leaving.KEEP) {
      memory.become(
          memory
              .now()
              .asRevoked(
                  delivery.secrets().stream()
                      .filter(withdrawn::contains)
                      .collect(Collectors.toUnmodifiableSet())));
    }
    tally.tookUp(memory.now().condition());
    if (memory.now().reloadDue() && delivery.reload().isPresent()) {
      agenda.owesReload();
    }
  }

  /**
   * Whether there is anything to read: what is served on elsewhere, stale, is not written again.
   * What could not be taken back, or not before the agent was killed, is taken back first: nobody
   * knows when something can be read.
   */
  boolean mayRead() {
    Set<SecretName> revoked = memory.now().revoked();
    if (isStillThere() && !revoked.stream().allMatch(this::isGood)) {
      var _ = takeBack(revoked, inWords(revoked) + " was revoked");
    }
    Optional<SecretName> missing = noted.anyMissing();
    missing.ifPresent(name -> gone(Set.of(name), atBackendNoMore(name)));
    return missing.isEmpty();
  }

  /** Whether what was revoked is at its place, and is not to be kept. */
  private boolean isStillThere() {
    return delivery.onRevoked() != Leaving.KEEP
        && memory.now().hasValues()
        && !memory.now().revoked().isEmpty();
  }

  /** Whether what is held of a secret that was revoked is good again. */
  private boolean isGood(SecretName name) {
    return !noted.lacks(name)
        && context
            .current()
            .held(name)
            .filter(held -> isConfirmed(held) && held.isUsable(context.time().now()))
            .isPresent();
  }

  private boolean isConfirmed(Held held) {
    return !held.stale() && !held.confirmedAt().isBefore(since);
  }

  private static String inWords(Set<SecretName> names) {
    return names.stream().map(SecretName::text).sorted().collect(Collectors.joining(", "));
  }

  /** The wall clock may have been set back, behind all that was confirmed since. */
  void clockWasSet() {
    Instant now = context.time().now();
    since = now.isBefore(since) ? now : since;
  }

  /** Writes what was read, unless a reload has begun meanwhile: then it is read again later. */
  void deliver(Values values) {
    if (!telling.hold()) {
      return;
    }
    try {
      requireConfirmed();
      DeliveryWrite.Outcome outcome = write.write(values);
      values.current().values().forEach(noted::written);
      notTakenBack = "";
      failuresInARow = 0;
      tally.written(context.time().now(), outcome.changed());
      agenda.written(outcome.reload());
      save();
    } catch (Throwable notWritten) {
      failed(Tally.words(notWritten));
      save();
    } finally {
      telling.release();
    }
  }

  /** What was revoked is written again only from what a backend confirmed in this life. */
  private void requireConfirmed() {
    memory.now().revoked().stream()
        .filter(delivery.secrets()::contains)
        .flatMap(name -> context.current().held(name).stream())
        .forEach(this::requireConfirmed);
  }

  private void requireConfirmed(Held held) {
    if (!isConfirmed(held)) {
      throw SecretException.of(
          Reason.UNAVAILABLE,
          held.state().name()
              + " was revoked, and nobody has confirmed since that it is good again");
    }
  }

  /** A secret that came while others were waited for is hope; what it failed with says nothing. */
  void notRead(Reading.NotAll notAll) {
    Map<SecretName, SecretException> failures = notAll.failures();
    Set<SecretName> gone =
        delivery.secrets().stream()
            .filter(name -> isOver(name) || saysGone(name, failures))
            .collect(Collectors.toUnmodifiableSet());
    String why = notAll.worst().safeMessage();
    if (gone.isEmpty()) {
      failed(why);
    } else {
      gone(gone, why);
    }
    if (failures.keySet().stream().anyMatch(noted::cameFresh)) {
      agenda.notWritten(Duration.ZERO);
    }
  }

  private boolean saysGone(SecretName name, Map<SecretName, SecretException> failures) {
    return !noted.cameFresh(name)
        && Optional.ofNullable(failures.get(name)).filter(Reading::saysGone).isPresent();
  }

  private static String atBackendNoMore(SecretName name) {
    return name + " is at its backend no more";
  }

  /** The secret manager has it no more. */
  void missing(SecretName name) {
    revoked(name, atBackendNoMore(name));
  }

  /** Takes back what has ended, at once: a successor that is not here yet may be long in coming. */
  void ended(SecretName name) {
    if (context.current().held(name).isEmpty() || isOver(name)) {
      revoked(name, name + " has ended");
    }
  }

  /** Takes back what ended before the agent began. */
  void endedBefore() {
    delivery.secrets().stream().filter(this::isOver).forEach(this::ended);
  }

  private boolean isOver(SecretName name) {
    Instant now = context.time().now();
    return context
        .current()
        .held(name)
        .flatMap(held -> held.state().expiresAt())
        .filter(end -> !now.isBefore(end))
        .isPresent();
  }

  /** That something is still there which was revoked is said first, whatever else failed. */
  void failed(String why) {
    failuresInARow++;
    String problem =
        notTakenBack.isEmpty() || !isStillThere()
            ? why
            : "what was written is still there and cannot be taken back: "
                + notTakenBack
                + "; "
                + why;
    if (!problem.equals(tally.problem())) {
      context.events().emit(new AgentEvent.DeliveryFailed(delivery.name(), problem));
    }
    tally.failed(problem);
    agenda.notWritten(Agenda.AGAIN.delay(failuresInARow, context.random()));
  }

  /**
   * It cannot be written again, so what was written is taken back; unless that was tried just now,
   * before the values were read.
   */
  private void gone(Set<SecretName> names, String why) {
    if (!isStillThere() || !memory.now().revoked().containsAll(names)) {
      var _ = takeBack(names, why);
    }
    failed(why);
  }

  /** A version was taken away, and nothing is current. */
  void takenAway(SecretName name) {
    revoked(name, name + " was taken away");
  }

  private void revoked(SecretName name, String why) {
    if (!takeBack(Set.of(name), why)) {
      failed(why);
    }
  }

  /**
   * Leaves what was written as the configuration wants it left after a revocation, and lets the
   * program be told of that, also while it is being told of something else. That it is to go is
   * kept first, so that it goes also when this fails or is cut short.
   *
   * @param names the secrets that are good no more
   * @return whether it is not there any more, or is to be kept
   */
  private boolean takeBack(Set<SecretName> names, String why) {
    var _ = telling.hold();
    try {
      if (delivery.onRevoked() != Leaving.KEEP) {
        memory.become(memory.now().asRevoked(names));
      }
      if (write.leave(delivery.onRevoked())) {
        tally.left(delivery.onRevoked());
        agenda.takenBack(delivery.reload().isPresent());
        context.events().emit(new AgentEvent.DeliveryTakenBack(delivery.name(), why));
      }
      if (!notTakenBack.isEmpty()) {
        notTakenBack = "";
        tally.because(why);
      }
      return true;
    } catch (Throwable notLeft) {
      notTakenBack = Tally.words(notLeft);
      return false;
    } finally {
      save();
      telling.release();
    }
  }

  /**
   * Leaves the files as they shall be left at the end, which is tried again a few times.
   *
   * @return whether no value is in them any more
   */
  boolean leave(Leaving how) {
    try {
      leave(how, 1);
    } finally {
      save();
    }
    return !memory.now().hasValues();
  }

  private void leave(Leaving how, int attempt) {
    try {
      var _ = write.leave(how);
    } catch (RuntimeException notLeft) {
      if (attempt == LAST_ATTEMPTS) {
        throw notLeft;
      }
      LockSupport.parkNanos(Agenda.AGAIN.bound(attempt).toNanos());
      leave(how, attempt + 1);
    }
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
      agenda.notSaved(Agenda.AGAIN.delay(saveFailuresInARow, context.random()));
    }
  }
}
