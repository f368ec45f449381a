package dev.latchkey.agent.inject;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.Mailbox;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Keeps one delivery up to date: one mailbox, in which news, timers and the end come one after
 * another. What is done next its {@link Agenda} says; this does it, and tells how it went. Whatever
 * fails is done again with backoff, for as long as the agent runs.
 *
 * <p>A reload runs outside of the mailbox, so that a slow program keeps neither a revocation nor
 * the end waiting. Of each secret at most one piece of news waits, without its value.
 */
final class Courier {

  private static final Backoff AGAIN = new Backoff(Duration.ofMillis(200), Duration.ofMinutes(1));

  /** The clock that timers go by and the one that leases end by drift apart. */
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final Delivery delivery;
  private final DeliveryContext context;
  private final Memory memory;
  private final DeliveryWrite write;
  private final Telling telling;
  private final Mailbox mailbox;
  private final Agenda agenda;
  private final Noted noted = new Noted();
  private final Map<SecretName, News> untaken = new ConcurrentHashMap<>();
  private final Tally tally;
  private Timers.Timer timer = () -> {};
  private int failuresInARow;
  private int saveFailuresInARow;
  private boolean ended;
  private volatile DeliveryState state;

  Courier(Delivery delivery, DeliveryContext context) {
    this.delivery = delivery;
    this.context = context;
    this.memory = new Memory(delivery, context);
    this.write = new DeliveryWrite(delivery, context, memory);
    this.mailbox = new Mailbox(context.virtualThreads());
    this.agenda = new Agenda(context.time(), delivery.pace());
    this.tally = new Tally(delivery);
    this.telling = new Telling(delivery, context, agenda, tally, AGAIN);
    this.state = tally.state();
  }

  Delivery delivery() {
    return delivery;
  }

  DeliveryState state() {
    return state;
  }

  /**
   * Writes for the first time.
   *
   * @param kept what an earlier life of the agent kept
   */
  void start(Optional<Kept> kept) {
    post(
        () -> {
          kept.ifPresent(memory::takeUp);
          tally.tookUp(memory.now().condition());
          if (memory.now().reloadDue() && delivery.reload().isPresent()) {
            agenda.owesReload();
          }
          agenda.changedAtStart();
        });
  }

  /** A secret of the delivery changed; never blocks. */
  void changed(Held now) {
    tell(now.state().name(), News.Current.of(now));
  }

  /** A secret of the delivery was taken away; never blocks. */
  void withdrawn(SecretName name) {
    tell(name, new News.Withdrawn());
  }

  /** The secret manager has a secret of the delivery no more; never blocks. */
  void missing(SecretName name) {
    tell(name, new News.Missing());
  }

  /** The wall clock jumped; never blocks. */
  void planAgain() {
    post(() -> {});
  }

  private void tell(SecretName name, News news) {
    if (untaken.put(name, news) == null) {
      post(() -> Optional.ofNullable(untaken.remove(name)).ifPresent(newest -> take(name, newest)));
    }
  }

  /** Nothing that fails may stop the mailbox: it is counted, shown and tried again. */
  private void post(Runnable task) {
    mailbox.post(
        () -> {
          guarded(task);
          guarded(this::work);
          state = tally.state();
        });
  }

  private void guarded(Runnable task) {
    try {
      if (!ended) {
        task.run();
      }
    } catch (Throwable unforeseen) {
      failed(Tally.words(unforeseen));
      plan();
    }
  }

  /** Writes no more, and leaves the files as they shall be left. */
  CompletableFuture<Boolean> stop() {
    return mailbox.ask(
        () -> {
          ended = true;
          timer.cancel();
          boolean left = write.leave(delivery.onExit());
          save();
          return left;
        });
  }

  private void take(SecretName name, News news) {
    switch (news) {
      case News.Current now -> {
        switch (noted.note(name, now, context.time().now())) {
          case NOTHING -> hope();
          case CHANGE -> agenda.changed();
          case END -> ended(name);
        }
      }
      case News.Withdrawn withdrawn -> {
        noted.forget(name);
        agenda.changed();
        if (context.current().held(name).isEmpty()) {
          revoked(name + " was taken away");
        }
      }
      case News.Missing missing -> {
        if (delivery.onRevoked() != Leaving.KEEP && noted.isMissing(name)) {
          agenda.changed();
          revoked(atBackendNoMore(name));
        }
      }
    }
  }

  /** Any news is a reason to try again what failed. */
  private void hope() {
    if (agenda.changeWaits()) {
      agenda.changed();
    }
  }

  private static String atBackendNoMore(SecretName name) {
    return name + " is at its backend no more";
  }

  /** Looks at once whether there is a successor: nothing else may be written before it settled. */
  private void ended(SecretName name) {
    agenda.changed();
    try {
      var _ = context.current().read(name);
    } catch (SecretException none) {
      if (isRevoked(none)) {
        revoked(none.safeMessage());
      }
    }
  }

  /** Does what is due, and plans the rest. */
  private void work() {
    noted.endedBy(context.time().now()).forEach(this::ended);
    while (isDue() && !ended) {
      switch (agenda.next().orElseThrow().act()) {
        case WRITE -> deliver();
        case RELOAD -> telling.begin(result -> post(() -> take(result)));
        case SAVE -> save();
      }
    }
    plan();
  }

  private boolean isDue() {
    return agenda.next().filter(step -> step.nanos() <= 0).isPresent();
  }

  private void plan() {
    timer.cancel();
    Stream.concat(
            agenda.next().map(step -> Duration.ofNanos(step.nanos())).stream(),
            noted.untilEnd(context.time().now()).stream())
        .min(Duration::compareTo)
        .map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait)
        .ifPresent(wait -> timer = context.timers().schedule(wait, () -> post(() -> {})));
  }

  private void deliver() {
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

  /** Whether a value is good no more; an outage says nothing of one that has no end. */
  private boolean isRevoked(SecretException failure) {
    Instant now = context.time().now();
    return ConsistentRead.saysGone(failure)
        || delivery.secrets().stream()
            .flatMap(name -> context.current().held(name).stream())
            .flatMap(held -> held.state().expiresAt().stream())
            .anyMatch(end -> !now.isBefore(end));
  }

  private void failed(String why) {
    failuresInARow++;
    if (!why.equals(tally.problem())) {
      context.events().emit(new AgentEvent.DeliveryFailed(delivery.name(), why));
    }
    tally.failed(why);
    agenda.notWritten(AGAIN.delay(failuresInARow, context.random()));
  }

  private void revoked(String why) {
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

  private void take(Telling.Result result) {
    telling.ended(result);
    memory.become(memory.now().owing(agenda.reloadWaits()));
    save();
  }

  /** Keeps what happened; what cannot be kept happened all the same, and is kept later. */
  private void save() {
    try {
      memory.save();
      saveFailuresInARow = 0;
      agenda.saved();
    } catch (RuntimeException full) {
      saveFailuresInARow++;
      agenda.notSaved(AGAIN.delay(saveFailuresInARow, context.random()));
    }
  }
}
