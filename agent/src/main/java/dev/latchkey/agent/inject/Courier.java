package dev.latchkey.agent.inject;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.Mailbox;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Keeps one delivery up to date: one mailbox, in which news, timers and the end come one after
 * another. What is done next its {@link Agenda} says; this does it, and tells how it went. Whatever
 * fails is done again with backoff, for as long as the agent runs.
 *
 * <p>Secrets are read and programs told outside of the mailbox, so that neither a backend that does
 * not answer nor a slow program keeps a revocation or the end waiting.
 */
final class Courier {

  /** The clock that timers go by and the one that leases end by drift apart. */
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final Delivery delivery;
  private final DeliveryContext context;
  private final Upkeep upkeep;
  private final Loading loading;
  private final Telling telling;
  private final Mailbox mailbox;
  private final Agenda agenda;
  private final Noted noted = new Noted();
  private final Untaken untaken = new Untaken();
  private final Notes notes;
  private final Tally tally;
  private final Stuck stuck;
  private Timers.Timer timer = () -> {};
  private boolean ended;
  private volatile boolean left;
  private volatile DeliveryState state;

  Courier(Delivery delivery, DeliveryContext context) {
    this.delivery = delivery;
    this.context = context;
    this.mailbox = new Mailbox(context.virtualThreads());
    Memory memory = new Memory(delivery, context, untaken);
    this.notes = new Notes(delivery, context, memory, untaken);
    this.agenda = new Agenda(context.time(), delivery.pace());
    this.tally = new Tally(delivery);
    this.stuck = new Stuck(delivery, context);
    this.loading = new Loading(delivery, context);
    this.telling = new Telling(delivery, context, agenda, tally, stuck);
    this.upkeep = new Upkeep(delivery, context, memory, agenda, noted, telling, tally, stuck);
    this.state = tally.state(agenda.waitsFor());
  }

  Delivery delivery() {
    return delivery;
  }

  Stuck stuck() {
    return stuck;
  }

  DeliveryState state() {
    return stuck.in(state);
  }

  /** Whether its files were blanked or removed at the end, or there were none by then. */
  boolean isLeft() {
    return left;
  }

  /**
   * Takes up what an earlier life of the agent kept; before it is told of any change.
   *
   * @param withdrawn secrets that were taken away, of which that life may not have been told any
   *     more
   */
  void takeUp(Kept kept, Set<SecretName> withdrawn) {
    mailbox.post(() -> guarded(() -> upkeep.takeUp(kept, withdrawn)));
    mailbox.post(notes::post);
  }

  /** Writes for the first time. */
  void start() {
    post(
        () -> {
          upkeep.endedBefore();
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
    post(upkeep::clockWasSet);
  }

  private void tell(SecretName name, News news) {
    if (untaken.add(name, news)) {
      post(() -> take(name));
    }
    notes.post();
  }

  private void take(SecretName name) {
    try {
      untaken.take(name).forEach(news -> guarded(() -> take(name, news)));
    } finally {
      untaken.taken();
      notes.post();
    }
  }

  /** Nothing that fails may stop the mailbox: it is counted, shown and tried again. */
  private void post(Runnable task) {
    mailbox.post(
        () -> {
          guarded(task);
          guarded(this::work);
          state = tally.state(agenda.waitsFor());
        });
  }

  private void guarded(Runnable task) {
    try {
      if (!ended) {
        task.run();
      }
    } catch (Throwable unforeseen) {
      upkeep.failed(Tally.words(unforeseen));
      plan();
    }
  }

  /** Writes no more, and leaves the files as they shall be left. */
  CompletableFuture<Boolean> stop() {
    return mailbox.ask(
        () -> {
          ended = true;
          notes.end();
          timer.cancel();
          left = upkeep.leave(delivery.onExit());
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
          upkeep.takenAway(name);
        }
      }
      case News.Missing missing -> {
        if (delivery.onRevoked() != Leaving.KEEP && noted.isMissing(name)) {
          agenda.changed();
          upkeep.missing(name);
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

  private void ended(SecretName name) {
    agenda.changed();
    upkeep.ended(name);
  }

  /** Does what is due, and plans the rest. */
  private void work() {
    noted.endedBy(context.time().now()).forEach(this::ended);
    while (isDue() && !ended) {
      switch (agenda.next().orElseThrow().act()) {
        case WRITE -> read();
        case RELOAD ->
            telling.ask(() -> post(agenda::reloadBegins), result -> post(() -> take(result)));
        case SAVE -> upkeep.save();
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

  private void read() {
    if (upkeep.mayRead()) {
      noted.readBegins();
      agenda.readBegins();
      loading.begin(reading -> post(() -> take(reading)));
    }
  }

  /** What was overtaken while it was read is read again. */
  private void take(Reading reading) {
    agenda.readEnds();
    switch (reading) {
      case Reading.Together together -> {
        if (agenda.maySwap() && noted.agrees(together.values(), context.time().now())) {
          upkeep.deliver(together.values());
        }
      }
      case Reading.NotAll notAll -> upkeep.notRead(notAll);
      case Reading.Failed failed -> upkeep.failed(Tally.words(failed.why()));
    }
  }

  private void take(Telling.Result result) {
    telling.ended(result);
    upkeep.told();
  }
}
