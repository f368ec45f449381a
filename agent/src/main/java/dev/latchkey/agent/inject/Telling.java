package dev.latchkey.agent.inject;

import dev.latchkey.agent.event.AgentEvent;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Tells a delivery's program that its files changed, on another thread, so that a slow one keeps
 * nothing waiting. Apart from that confined to its delivery's mailbox.
 *
 * <p>Notes on threads. Between the moment a reload is asked for and the one it begins it may queue
 * for long, and files may change. So whoever changes them holds it first: a thread that comes while
 * it is held begins nothing, and says so; once it has begun it can be held no more.
 */
final class Telling {

  private final Delivery delivery;
  private final DeliveryContext context;
  private final Agenda agenda;
  private final Tally tally;
  private final Stuck stuck;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);
  private int failuresInARow;

  private enum Phase {
    IDLE,
    QUEUED,
    HELD,
    RUNNING
  }

  Telling(Delivery delivery, DeliveryContext context, Agenda agenda, Tally tally, Stuck stuck) {
    this.delivery = delivery;
    this.context = context;
    this.agenda = agenda;
    this.tally = tally;
    this.stuck = stuck;
  }

  /** What came of it. */
  sealed interface Result {

    /** It was told. */
    record Told() implements Result {}

    /** The files were being changed just then; another has to be asked for. */
    record NotBegun() implements Result {}

    /** It does not run. */
    record Nobody() implements Result {}

    /** It was not told, and shall be told again. */
    record NotTold(String why) implements Result {}
  }

  /**
   * Asks for a reload. Never blocks.
   *
   * @param begun run when it begins
   * @param told given what came of it when it is over; once, whatever happens
   */
  void ask(Runnable begun, Consumer<Result> told) {
    agenda.reloadAsked();
    phase.set(Phase.QUEUED);
    Reload how = delivery.reload().orElseThrow();
    try {
      execute(how, () -> run(how, begun, told), told);
    } catch (Throwable failure) {
      notBegun(told, failure);
    }
  }

  private static void notBegun(Consumer<Result> told, Throwable failure) {
    try {
      told.accept(new Result.NotTold(Tally.words(failure)));
    } catch (RejectedExecutionException ended) {
      // The agent is gone; its next life tells again.
      return;
    }
  }

  private void run(Reload how, Runnable begun, Consumer<Result> told) {
    try {
      if (phase.compareAndSet(Phase.QUEUED, Phase.RUNNING)) {
        begun.run();
        told.accept(outcome(how));
      } else {
        told.accept(new Result.NotBegun());
      }
    } catch (RejectedExecutionException ended) {
      // The agent is gone; its next life tells again.
      return;
    }
  }

  /** Keeps a queued reload from beginning until {@link #release}; answers whether none runs. */
  boolean hold() {
    if (phase.get() == Phase.IDLE || phase.compareAndSet(Phase.QUEUED, Phase.HELD)) {
      return true;
    }
    agenda.reloadBegins();
    return false;
  }

  void release() {
    phase.compareAndSet(Phase.HELD, Phase.QUEUED);
  }

  /** A signal takes no time but for its pid file, so it does not queue behind commands. */
  private void execute(Reload how, Runnable task, Consumer<Result> told) {
    switch (how) {
      case Reload.Signal signal ->
          context
              .fileThreads()
              .executeApart(
                  signal.pidFile(), stuck.signalling(), task, failure -> notBegun(told, failure));
      case Reload.Command command -> context.reloadThreads().execute(task);
    }
  }

  private Result outcome(Reload how) {
    try {
      return context.reloader().reload(how) ? new Result.Told() : new Result.Nobody();
    } catch (Throwable notTold) {
      return new Result.NotTold(Tally.words(notTold));
    }
  }

  /** Takes up what came of it. */
  void ended(Result result) {
    phase.set(Phase.IDLE);
    switch (result) {
      case Result.NotBegun notBegun -> agenda.reloadNotBegun();
      case Result.Told told -> {
        failuresInARow = 0;
        tally.reloaded(true);
        agenda.told();
      }
      case Result.Nobody nobody -> {
        failuresInARow = 0;
        tally.reloaded(false);
        agenda.nobody();
      }
      case Result.NotTold notTold -> {
        failuresInARow++;
        if (!notTold.why().equals(tally.reloadProblem())) {
          context.events().emit(new AgentEvent.ReloadFailed(delivery.name(), notTold.why()));
        }
        tally.notReloaded(notTold.why());
        agenda.notTold(Agenda.AGAIN.delay(failuresInARow, context.random()));
      }
    }
  }
}
