package dev.latchkey.agent.rpc;

import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * Reads a secret, and where nothing is available yet waits for its first value.
 *
 * <p>It is woken by a change of the secret, and asks again by itself with backoff, since nobody
 * else reads a secret that was never held. Blocks; an interrupt ends the wait.
 */
final class FirstValue {

  private static final Backoff AGAIN = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));

  private final Catalog catalog;
  private final Current current;
  private final Timers timers;
  private final RandomGenerator random;
  private final Set<Semaphore> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  FirstValue(Capabilities capabilities, Surroundings surroundings) {
    this.catalog = capabilities.catalog();
    this.current = capabilities.current();
    this.timers = surroundings.timers();
    this.random = surroundings.random();
  }

  /** Ends every wait, and every one that comes later. */
  void stop() {
    stopping = true;
    waiting.forEach(Semaphore::release);
  }

  /**
   * Reads, and waits for up to {@code wait}, but no longer than the call lasts; not at all when it
   * is zero.
   */
  Held read(SecretName name, Duration wait, Reply<?> reply) {
    if (wait.isZero() || wait.isNegative()) {
      return current.read(name);
    }
    Semaphore wake = new Semaphore(0);
    AtomicBoolean late = new AtomicBoolean();
    reply.onEnd(
        () -> {
          late.set(true);
          wake.release();
        });
    Timers.Timer end =
        timers.schedule(
            wait,
            () -> {
              late.set(true);
              wake.release();
            });
    waiting.add(wake);
    try (Listening listening = listen(name, wake)) {
      return readUntil(name, wake, late);
    } finally {
      waiting.remove(wake);
      end.cancel();
    }
  }

  private Held readUntil(SecretName name, Semaphore wake, AtomicBoolean late) {
    for (int attempt = 1; ; attempt++) {
      try {
        return current.read(name);
      } catch (SecretException notYet) {
        if (late.get() || !mayCome(name, notYet.reason())) {
          throw notYet;
        }
        if (stopping) {
          throw Stopping.refusal();
        }
        pause(attempt, wake, notYet);
      }
    }
  }

  /**
   * An outage ends, and a name that could exist may be written; a name from nowhere never comes.
   */
  private boolean mayCome(SecretName name, Reason reason) {
    return reason == Reason.UNAVAILABLE
        || (reason == Reason.NOT_FOUND && catalog.find(name).isPresent());
  }

  private void pause(int attempt, Semaphore wake, SecretException notYet) {
    Timers.Timer again = timers.schedule(AGAIN.delay(attempt, random), wake::release);
    try {
      wake.acquire();
      wake.drainPermits();
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
      throw notYet;
    } finally {
      again.cancel();
    }
  }

  private Listening listen(SecretName name, Semaphore wake) {
    AutoCloseable registration =
        current.listen(
            now -> {
              if (now.state().name().equals(name)) {
                wake.release();
              }
            });
    return () -> close(registration);
  }

  private static void close(AutoCloseable registration) {
    try {
      registration.close();
    } catch (Exception failed) {
      throw SecretException.of(Reason.INTERNAL, "a listener could not be taken back", failed);
    }
  }

  /** A registration whose end throws nothing checked. */
  private interface Listening extends AutoCloseable {
    @Override
    void close();
  }
}
