package dev.latchkey.agent.inject;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.time.Backoff;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Tells a delivery's program that its files changed, on another thread, so that a slow one keeps
 * nothing waiting. Apart from that confined to its delivery's mailbox.
 */
final class Telling {

  private final Delivery delivery;
  private final DeliveryContext context;
  private final Agenda agenda;
  private final Tally tally;
  private final Backoff backoff;
  private int failuresInARow;

  Telling(Delivery delivery, DeliveryContext context, Agenda agenda, Tally tally, Backoff backoff) {
    this.delivery = delivery;
    this.context = context;
    this.agenda = agenda;
    this.tally = tally;
    this.backoff = backoff;
  }

  /** What came of it. */
  sealed interface Result {

    /** It was told. */
    record Told() implements Result {}

    /** It does not run. */
    record Nobody() implements Result {}

    /** It was not told, and shall be told again. */
    record NotTold(String why) implements Result {}
  }

  /** Begins, and answers {@code told} when it is over; once, whatever happens. Never blocks. */
  void begin(Consumer<Result> told) {
    agenda.reloadBegins();
    Reload how = delivery.reload().orElseThrow();
    try {
      threads(how).execute(() -> answer(told, outcome(how)));
    } catch (Throwable notBegun) {
      told.accept(new Result.NotTold(Tally.words(notBegun)));
    }
  }

  /** A signal takes no time, so it does not queue behind commands that do. */
  private Executor threads(Reload how) {
    return switch (how) {
      case Reload.Signal signal -> context.fileThreads();
      case Reload.Command command -> context.reloadThreads();
    };
  }

  private Result outcome(Reload how) {
    try {
      return context.reloader().reload(how) ? new Result.Told() : new Result.Nobody();
    } catch (Throwable notTold) {
      return new Result.NotTold(Tally.words(notTold));
    }
  }

  private static void answer(Consumer<Result> told, Result result) {
    try {
      told.accept(result);
    } catch (RejectedExecutionException ended) {
      // The agent is gone; its next life tells again.
      return;
    }
  }

  /** Takes up what came of it. */
  void ended(Result result) {
    switch (result) {
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
        agenda.notTold(backoff.delay(failuresInARow, context.random()));
      }
    }
  }
}
