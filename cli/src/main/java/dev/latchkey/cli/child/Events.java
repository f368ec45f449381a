package dev.latchkey.cli.child;

import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a supervisor was told of and has not taken yet. Safe for use by several threads. */
final class Events {
  static final long NEVER = Long.MAX_VALUE;

  private final BlockingQueue<Event> waiting = new LinkedBlockingQueue<>();

  void add(Event event) {
    waiting.add(event);
  }

  /** Whether something newer than this was told of. */
  boolean isOutdated(Delivery delivery) {
    return waiting.stream()
        .anyMatch(
            event ->
                event instanceof Event.Changed told
                    && Versions.isNews(told.version(), delivery.versions().get(told.secret())));
  }

  /** The signal that asks for the end, if one does. */
  OptionalInt endingSignal() {
    for (Event event : waiting) {
      if (event instanceof Event.Signalled signalled && signalled.isEnd()) {
        return OptionalInt.of(signalled.signal());
      }
    }
    return OptionalInt.empty();
  }

  /** The next one; none when that instant of {@code System.nanoTime} comes before it. */
  @Nullable Event await(long at) {
    try {
      return at == NEVER
          ? waiting.take()
          : waiting.poll(at - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return new Event.Signalled(Signals.TERM);
    }
  }
}
