package dev.latchkey.cli.child;

import dev.latchkey.cli.outcome.CommandFailure;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Brings the values for another start, on a thread of its own.
 *
 * @param values may wait
 * @param told gets them, or why they could not be had
 */
record Renewal(Supplier<Delivery> values, Consumer<Event> told) {

  void begin() {
    Thread.ofPlatform().daemon().name("latchkey-renewal").start(() -> told.accept(outcome()));
  }

  /** Whatever goes wrong here must be told, or nothing would ever be renewed again. */
  private Event outcome() {
    try {
      return new Event.Renewed(values.get());
    } catch (CommandFailure e) {
      return new Event.NotRenewed(e.what());
    } catch (RuntimeException | Error e) {
      return new Event.NotRenewed("unexpected " + e.getClass().getSimpleName());
    }
  }
}
