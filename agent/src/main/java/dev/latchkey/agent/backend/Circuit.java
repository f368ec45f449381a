package dev.latchkey.agent.backend;

import dev.latchkey.agent.backend.CircuitState.Closed;
import dev.latchkey.agent.backend.CircuitState.HalfOpen;
import dev.latchkey.agent.backend.CircuitState.Open;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * The circuit breaker before one secret manager: the one point that all its calls pass.
 *
 * <p>A few outages in a row open it. While it is open calls fail at once, and the manager sees
 * nothing but a probe at the pace of a backoff. A good probe lets a few calls through: the first
 * that fails opens it again, with the backoff going on, and the first that works closes it. What
 * waits for the manager is woken at both turns. A refusal is an answer, and no outage.
 *
 * <p>Safe for use by several threads. Its lock is held across no call; probes run on the timers'
 * threads, listeners there or on the thread of the call that closed it.
 */
public final class Circuit implements AutoCloseable {

  /** So many calls are under way at once, so that a return makes no stampede. */
  static final int CALLS = 128;

  /** So many calls are under way at once until one of them has shown that the manager works. */
  static final int TRIALS = 4;

  /** The shortest wait told to a caller. */
  static final Duration SHORTEST = Duration.ofMillis(100);

  private final String backend;
  private final Limits limits;
  private final Probe probe;
  private final TimeSource time;
  private final Timers timers;
  private final RandomGenerator random;
  private final EventSink events;
  private final Semaphore calls = new Semaphore(CALLS, true);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Object lock = new Object();
  private CircuitState state = Closed.SOUND;
  private long probeAtNanos;
  private Timers.Timer timer = () -> {};
  private boolean ended;

  /** Rises with each turn, so that what began before one cannot decide after it. */
  private long turns;

  /**
   * Closed.
   *
   * @param backend what the configuration calls the manager, for people
   */
  public Circuit(
      String backend,
      Limits limits,
      Probe probe,
      TimeSource time,
      Timers timers,
      RandomGenerator random,
      EventSink events) {
    this.backend = backend;
    this.limits = limits;
    this.probe = probe;
    this.time = time;
    this.timers = timers;
    this.random = random;
    this.events = events;
  }

  /**
   * When it opens, and how it looks for the manager's return.
   *
   * @param failures so many outages in a row open it
   * @param probes the wait before each probe
   */
  public record Limits(int failures, Backoff probes) {

    /** A return is noticed within two seconds and the time of a probe. */
    public static final Limits USUAL =
        new Limits(3, new Backoff(Duration.ofMillis(250), Duration.ofSeconds(2)));

    /** Never opens: for whoever makes a few calls and goes. */
    public static final Limits NEVER = new Limits(Integer.MAX_VALUE, USUAL.probes());
  }

  /** Asks the manager how it is, without a token and within a short time. Blocks. */
  @FunctionalInterface
  public interface Probe {

    /** Why it does not work; empty when it does. */
    Optional<Outage> look();
  }

  /** A call that was let through. One outcome is told before it is closed, or none. */
  public final class Permit implements AutoCloseable {

    private final long admittedAt;
    private boolean told;

    private Permit(long admittedAt) {
      this.admittedAt = admittedAt;
    }

    /** The manager answered, be it with a refusal. */
    public void works() {
      tell(CircuitState::worked);
    }

    /** The manager was not there for this call, nor for any other. */
    public void fails(Outage outage) {
      tell(now -> now.failed(outage, limits.failures(), time.nanoTime()));
    }

    /** The manager failed this call; whether it would fail others too a probe must tell. */
    public void doubts() {
      tell(now -> now.doubted(limits.failures()));
    }

    private void tell(UnaryOperator<CircuitState> lesson) {
      told = true;
      learn(admittedAt, lesson);
    }

    @Override
    public void close() {
      if (!told) {
        learn(admittedAt, CircuitState::gaveUp);
      }
      calls.release();
    }
  }

  /** Calls {@code listener} whenever calls pass again. It must not block. */
  public void onReturn(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * Lets a call through. Blocks while as many as may be are under way.
   *
   * @throws SecretException why the manager is taken for gone, with the time to the next probe;
   *     nothing was sent
   */
  public Permit permit() {
    check();
    try {
      calls.acquire();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw SecretException.of(
              Reason.UNAVAILABLE, "the call of " + backend + " was interrupted", interrupted)
          .ofNothingDone();
    }
    try {
      return new Permit(admitted());
    } catch (SecretException opened) {
      calls.release();
      throw opened;
    }
  }

  /** Nobody waits for a place only to learn that there is none. */
  private void check() {
    synchronized (lock) {
      if (state instanceof Open open) {
        throw refusal(open.outage(), Duration.ofNanos(probeAtNanos - time.nanoTime()));
      }
    }
  }

  private long admitted() {
    synchronized (lock) {
      check();
      if (state instanceof HalfOpen half) {
        if (half.trials() >= TRIALS) {
          throw refusal(half.outage(), limits.probes().first());
        }
        state = half.admitted();
      }
      return turns;
    }
  }

  private static SecretException refusal(Outage outage, Duration wait) {
    SecretException why = outage.why();
    Duration told = wait.compareTo(SHORTEST) < 0 ? SHORTEST : wait;
    return SecretException.retryable(Reason.UNAVAILABLE, why.safeMessage(), told, why)
        .ofNothingDone();
  }

  /** Goes by what a call or a probe showed that began at the turn {@code begunAt}. */
  private void learn(long begunAt, UnaryOperator<CircuitState> lesson) {
    boolean returned = false;
    synchronized (lock) {
      if (begunAt == turns && !ended) {
        CircuitState before = state;
        state = lesson.apply(before);
        returned = turned(before, state);
      }
    }
    if (returned) {
      listeners.forEach(Runnable::run);
    }
  }

  /** Does what comes with a turn; whether calls pass again by it. */
  private boolean turned(CircuitState before, CircuitState now) {
    switch (now) {
      case Closed closed when before instanceof HalfOpen half -> {
        turns++;
        Duration gone = Duration.ofNanos(time.nanoTime() - half.sinceNanos());
        events.emit(new AgentEvent.CircuitClosed(backend, gone));
        return true;
      }
      case Closed closed when closed.doubted() && !isDoubted(before) -> plan(Duration.ZERO);
      case Closed closed -> {}
      case Open open when !open.equals(before) -> {
        turns++;
        plan(wait(open));
        if (before instanceof Closed) {
          events.emit(new AgentEvent.CircuitOpened(backend, open.outage().why().safeMessage()));
        }
      }
      case Open open -> {}
      case HalfOpen half when before instanceof Open -> {
        turns++;
        return true;
      }
      case HalfOpen half -> {}
    }
    return false;
  }

  private static boolean isDoubted(CircuitState state) {
    return state instanceof Closed closed && closed.doubted();
  }

  private Duration wait(Open open) {
    Duration drawn = limits.probes().delay(open.attempts(), random);
    Duration asked = open.outage().notBefore();
    return asked.compareTo(drawn) > 0 ? asked : drawn;
  }

  private void plan(Duration wait) {
    timer.cancel();
    probeAtNanos = time.nanoTime() + wait.toNanos();
    long planned = turns;
    timer =
        timers.schedule(
            wait,
            () -> {
              Optional<Outage> outage = looked();
              learn(planned, now -> now.probed(outage, time.nanoTime()));
            });
  }

  private Optional<Outage> looked() {
    try {
      return probe.look();
    } catch (SecretException why) {
      return Optional.of(Outage.of(why));
    } catch (RuntimeException fault) {
      return Optional.of(
          Outage.of(
              SecretException.of(Reason.UNAVAILABLE, backend + " could not be asked", fault)));
    }
  }

  /** How the manager is, in words, while the circuit is not closed; empty while it is. */
  public Optional<ComponentHealth> health(String component) {
    CircuitState now;
    synchronized (lock) {
      now = state;
    }
    return now.health(component);
  }

  /** Probes no more. */
  @Override
  public void close() {
    synchronized (lock) {
      ended = true;
      timer.cancel();
    }
  }
}
