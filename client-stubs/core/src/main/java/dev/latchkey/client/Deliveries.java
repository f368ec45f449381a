package dev.latchkey.client;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a listener one thing after another, on an executor's threads, never two at once.
 *
 * <p>There is one place for each kind of news of each secret: news that the listener was not told
 * in time is replaced by the next of its kind, so that a slow listener costs no memory. Safe for
 * any thread.
 */
final class Deliveries {

  private static final System.Logger LOG = System.getLogger(Deliveries.class.getName());

  private final WatchListener listener;
  private final Executor executor;
  private final Map<String, News> waiting = new LinkedHashMap<>();
  private boolean running;
  private boolean closed;

  Deliveries(WatchListener listener, Executor executor) {
    this.listener = listener;
    this.executor = executor;
  }

  void changed(CredentialChange change) {
    offer("state " + change.credential().name(), new State(change, null));
  }

  void pending(CredentialChange change) {
    offer("pending " + change.credential().name(), told -> told.pending(change));
  }

  void unavailable(String name, LatchkeyException why) {
    offer("state " + name, new State(null, new Absence(name, why)));
  }

  void connected(String epoch) {
    offer("connected", told -> told.connected(epoch));
  }

  void caughtUp() {
    offer("caught up", WatchListener::caughtUp);
  }

  void disconnected(LatchkeyException why) {
    offer("disconnected", told -> told.disconnected(why));
  }

  /** Drops what was not told yet. */
  synchronized void close() {
    closed = true;
    waiting.clear();
  }

  private synchronized void offer(String place, News news) {
    if (closed) {
      return;
    }
    News replaced = waiting.get(place);
    if (news instanceof State state) {
      // Keeps its place: what says that all was told must not be told before it.
      waiting.put(place, replaced instanceof State earlier ? state.inPlaceOf(earlier) : state);
    } else {
      waiting.remove(place);
      waiting.put(place, news);
    }
    if (!running) {
      running = true;
      submit();
    }
  }

  private synchronized void submit() {
    try {
      executor.execute(this::tellAll);
    } catch (RejectedExecutionException shutDown) {
      running = false;
      closed = true;
      waiting.clear();
    }
  }

  private void tellAll() {
    for (News news = next(); news != null; news = next()) {
      try {
        news.tell(listener);
      } catch (RuntimeException | Error thrown) {
        // Its message may hold a value, such as that of a field that could not be parsed.
        LOG.log(
            System.Logger.Level.WARNING,
            () -> "A watch listener threw; the watch goes on: " + FailureKind.of(thrown));
      }
    }
  }

  private synchronized @Nullable News next() {
    Iterator<News> first = waiting.values().iterator();
    if (!first.hasNext()) {
      running = false;
      return null;
    }
    News news = first.next();
    first.remove();
    return news;
  }

  /** One thing to tell. */
  private interface News {
    void tell(WatchListener listener);
  }

  /** How a secret stands: what became current, then that it cannot be had, or one of them. */
  private record State(@Nullable CredentialChange change, @Nullable Absence absence)
      implements News {
    @Override
    public void tell(WatchListener listener) {
      if (change != null) {
        listener.changed(change);
      }
      if (absence != null) {
        listener.unavailable(absence.name, absence.why);
      }
    }

    /** What to tell when {@code earlier} was never told. */
    State inPlaceOf(State earlier) {
      CredentialChange untold = earlier.change;
      if (change == null || untold == null) {
        return new State(change == null ? untold : change, absence);
      }
      return new State(change.inPlaceOf(untold), absence);
    }
  }

  /** A secret cannot be had. */
  private record Absence(String name, LatchkeyException why) {}
}
