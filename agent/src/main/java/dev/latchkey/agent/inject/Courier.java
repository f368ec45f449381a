package dev.latchkey.agent.inject;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.Mailbox;
import dev.latchkey.agent.time.Timers;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps one delivery up to date: one mailbox, in which changes, timers and the end come one after
 * another. Whatever fails is done again with backoff, for as long as the agent runs.
 */
final class Courier {

  private static final Backoff AGAIN = new Backoff(Duration.ofMillis(200), Duration.ofMinutes(1));

  private final Delivery delivery;
  private final DeliveryContext context;
  private final DeliveryWrite write;
  private final Mailbox mailbox;
  private final Deadlines deadlines;
  private final Map<SecretName, StateId> noted = new HashMap<>();
  private final Tally tally;
  private Timers.Timer timer = () -> {};
  private int failuresInARow;
  private int reloadFailuresInARow;
  private boolean takenBack;
  private boolean ended;
  private volatile DeliveryState state;

  Courier(Delivery delivery, DeliveryContext context) {
    this.delivery = delivery;
    this.context = context;
    this.write = new DeliveryWrite(delivery, context);
    this.mailbox = new Mailbox(context.virtualThreads());
    this.deadlines = new Deadlines(context.time(), delivery.pace());
    this.tally = new Tally(delivery);
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
   * @param reloadDue whether the agent ended before the program was told of an earlier change
   */
  void start(boolean reloadDue) {
    mailbox.post(
        () -> {
          if (reloadDue && delivery.reload().isPresent()) {
            write.wasMarked();
            deadlines.written(true);
          }
          deadlines.changedAtStart();
          work();
        });
  }

  /** A secret of the delivery changed; never blocks. */
  void changed(Held now) {
    mailbox.post(() -> note(now.state()));
  }

  /** A secret of the delivery was taken away; never blocks. */
  void withdrawn(SecretName name) {
    mailbox.post(
        () -> {
          noted.remove(name);
          if (context.current().held(name).isEmpty() && !ended) {
            takeBack(name + " was taken away");
          }
          deadlines.changed();
          work();
          state = tally.state();
        });
  }

  /** Writes no more, and leaves the files as they shall be left. */
  CompletableFuture<Boolean> stop() {
    return mailbox.ask(
        () -> {
          ended = true;
          timer.cancel();
          write.leave(delivery.onExit());
          return true;
        });
  }

  /** A turn between fresh and stale, or a renewal, is no change of what is written. */
  private void note(SecretState now) {
    StateId before = noted.get(now.name());
    if (before != null && before.isAfter(now.id())) {
      return;
    }
    noted.put(now.name(), now.id());
    if (before == null || !isSameValue(before, now.id()) || deadlines.changeWaits()) {
      deadlines.changed();
      work();
    }
  }

  private static boolean isSameValue(StateId a, StateId b) {
    return a.version() == b.version() && a.epoch().equals(b.epoch());
  }

  /** Does what is due, and plans the rest. */
  private void work() {
    timer.cancel();
    while (!ended) {
      OptionalLong until = deadlines.untilNext();
      if (until.isEmpty()) {
        break;
      }
      if (until.getAsLong() > 0) {
        timer =
            context
                .timers()
                .schedule(Duration.ofNanos(until.getAsLong()), () -> mailbox.post(this::work));
        break;
      }
      act();
    }
  }

  private void act() {
    if (deadlines.changeWaits()) {
      deliver();
    } else {
      reload();
    }
    state = tally.state();
  }

  private void deliver() {
    try {
      DeliveryWrite.Outcome outcome = write.write();
      outcome.values().current().forEach((name, now) -> noted.put(name, now.id()));
      failuresInARow = 0;
      takenBack = false;
      tally.written(context.time().now(), outcome.changed());
      deadlines.written(outcome.reload());
    } catch (SecretException unavailable) {
      if (isTakenAway(unavailable.reason())) {
        takeBack(unavailable.safeMessage());
      }
      failed(unavailable.safeMessage());
    } catch (PlacementRefused refused) {
      failed(String.valueOf(refused.getMessage()));
    } catch (UncheckedIOException disk) {
      failed("the file system failed: " + disk.getCause());
    } catch (RuntimeException unforeseen) {
      failed("unexpectedly, " + unforeseen.getClass().getSimpleName());
    }
  }

  private static boolean isTakenAway(Reason reason) {
    return reason == Reason.NOT_FOUND
        || reason == Reason.VERSION_DESTROYED
        || reason == Reason.LEASE_EXPIRED;
  }

  private void failed(String why) {
    failuresInARow++;
    if (!why.equals(state.problem())) {
      context.events().emit(new AgentEvent.DeliveryFailed(delivery.name(), why));
    }
    tally.failed(why);
    deadlines.notWritten(AGAIN.delay(failuresInARow, context.random()));
  }

  /** Leaves what was written as the configuration wants it left after a revocation, once. */
  private void takeBack(String why) {
    if (takenBack) {
      return;
    }
    boolean wasThere = state.isThere();
    try {
      write.leave(delivery.onRevoked());
      takenBack = true;
      tally.left(delivery.onRevoked());
      if (wasThere && delivery.onRevoked() != Leaving.KEEP) {
        context.events().emit(new AgentEvent.DeliveryTakenBack(delivery.name(), why));
      }
    } catch (RuntimeException notLeft) {
      failed("what was written cannot be taken back: " + notLeft.getClass().getSimpleName());
    }
  }

  private void reload() {
    Reload how = Objects.requireNonNull(delivery.reload().orElse(null));
    try {
      boolean told =
          DeliveryWrite.on(context.reloadThreads(), () -> context.reloader().reload(how));
      write.reloaded();
      reloadFailuresInARow = 0;
      tally.reloaded(told);
      deadlines.reloaded();
    } catch (ReloadFailed why) {
      notReloaded(String.valueOf(why.getMessage()));
    } catch (RuntimeException unforeseen) {
      notReloaded("unexpectedly, " + unforeseen.getClass().getSimpleName());
    }
  }

  private void notReloaded(String why) {
    reloadFailuresInARow++;
    if (!why.equals(state.reloadProblem())) {
      context.events().emit(new AgentEvent.ReloadFailed(delivery.name(), why));
    }
    tally.notReloaded(why);
    deadlines.notReloaded(AGAIN.delay(reloadFailuresInARow, context.random()));
  }
}
