package dev.latchkey.agent.current;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Those who are told of changes. A listener that breaks its promise and throws keeps no other from
 * being told.
 */
final class Listeners {

  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();

  AutoCloseable add(ChangeListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void tell(Held now) {
    for (ChangeListener listener : listeners) {
      try {
        listener.changed(now);
      } catch (RuntimeException broken) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, broken);
      }
    }
  }
}
