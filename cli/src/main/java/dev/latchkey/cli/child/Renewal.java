package dev.latchkey.cli.child;

import dev.latchkey.cli.outcome.CommandFailure;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Brings the values for another start, on a thread of its own.
 *
 * @param values may wait
 * @param told gets them, or why they could not be had
 * @param threads makes the thread
 */
record Renewal(Supplier<Delivery> values, Consumer<Event> told, ThreadFactory threads) {

  Renewal(Supplier<Delivery> values, Consumer<Event> told) {
    this(values, told, Thread.ofPlatform().daemon().name("latchkey-renewal").factory());
  }

  /** Whatever goes wrong must be told, or nothing would ever be renewed again. */
  void begin() {
    try {
      threads.newThread(() -> told.accept(outcome())).start();
    } catch (RuntimeException | Error e) {
      told.accept(unexpected(e));
    }
  }

  private Event outcome() {
    try {
      return new Event.Renewed(values.get());
    } catch (CommandFailure e) {
      return new Event.NotRenewed(e.what());
    } catch (RuntimeException | Error e) {
      return unexpected(e);
    }
  }

  private static Event unexpected(Throwable thrown) {
    return new Event.NotRenewed("unexpected " + thrown.getClass().getSimpleName());
  }
}
