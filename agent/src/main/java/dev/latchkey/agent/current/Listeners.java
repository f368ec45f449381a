package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.SecretName;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

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
    each(listener -> listener.changed(now));
  }

  void tellWithdrawn(SecretName name) {
    each(listener -> listener.withdrawn(name));
  }

  void tellMissing(SecretName name) {
    each(listener -> listener.missing(name));
  }

  private void each(Consumer<ChangeListener> told) {
    for (ChangeListener listener : listeners) {
      try {
        told.accept(listener);
      } catch (RuntimeException broken) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, broken);
      }
    }
  }
}
