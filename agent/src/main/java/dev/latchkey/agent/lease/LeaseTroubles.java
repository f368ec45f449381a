package dev.latchkey.agent.lease;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** What failed last, and when it is tried again. Safe for use by several threads. */
final class LeaseTroubles {

  /** The key for asking for a new lease; leases go by their id. */
  static final String ISSUE = "";

  /** The key for taking what the manager ended out of service. */
  static final String END = "end";

  /** The key for a renewal that was refused: those of later leases are refused too, as a rule. */
  static final String REFUSAL = "refusal";

  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

  /** A refusal is asked again rarely: waiting alone does not mend it. */
  private static final Backoff REFUSED = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5));

  private final Map<String, Trouble> byKey = new ConcurrentHashMap<>();
  private final TimeSource time;
  private final RandomGenerator random;

  LeaseTroubles(TimeSource time, RandomGenerator random) {
    this.time = time;
    this.random = random;
  }

  private record Trouble(SecretException why, int attempts, long retryAtNanos) {}

  /** Notes a failure and draws when to try again. */
  void failed(String key, SecretException why) {
    byKey.compute(key, (same, before) -> drawn(why, before == null ? 1 : before.attempts() + 1));
  }

  /** Notes a failure that is the {@code attempts}th in a row, whatever key the others went by. */
  void failed(String key, SecretException why, int attempts) {
    byKey.put(key, drawn(why, attempts));
  }

  private Trouble drawn(SecretException why, int attempts) {
    return new Trouble(why, attempts, time.nanoTime() + wait(why, attempts).toNanos());
  }

  /** Keeps from trying for {@code wait}, although nothing failed. */
  void pause(String key, SecretException why, Duration wait) {
    byKey.put(key, new Trouble(why, 1, time.nanoTime() + wait.toNanos()));
  }

  private Duration wait(SecretException why, int attempts) {
    boolean refused =
        why.reason() == Reason.BACKEND_REFUSED
            || why.reason() == Reason.INVALID_REQUEST
            || why.reason() == Reason.NOT_POSSIBLE_NOW
            || why.reason() == Reason.NOT_FOUND;
    Duration drawn = (refused ? REFUSED : BACKOFF).delay(attempts, random);
    return why.retryDelay().filter(asked -> asked.compareTo(drawn) > 0).orElse(drawn);
  }

  boolean mayTry(String key) {
    return retryIn(key).filter(wait -> !wait.isZero()).isEmpty();
  }

  /** How long until the next try; zero when it is due, empty when nothing is the matter. */
  Optional<Duration> retryIn(String key) {
    return Optional.ofNullable(byKey.get(key))
        .map(trouble -> Math.max(trouble.retryAtNanos() - time.nanoTime(), 0))
        .map(Duration::ofNanos);
  }

  /** Throws what was the matter, while it is too early to try again. */
  void check(String key) {
    Trouble trouble = byKey.get(key);
    if (trouble != null && !mayTry(key)) {
      throw SecretException.retryable(
          trouble.why().reason(),
          trouble.why().safeMessage(),
          retryIn(key).orElse(Duration.ZERO),
          trouble.why());
    }
  }

  /** What is the matter; empty for nothing. */
  Optional<SecretException> why(String key) {
    return Optional.ofNullable(byKey.get(key)).map(Trouble::why);
  }

  void over(String key) {
    byKey.remove(key);
  }

  /**
   * Makes what an outage failed be tried again within {@code spread}, as if for the first time. A
   * refusal and a limit keep the wait that they were given.
   */
  void returned(Duration spread) {
    byKey.replaceAll(
        (key, trouble) ->
            trouble.why().reason() == Reason.UNAVAILABLE ? soon(trouble, spread) : trouble);
  }

  private Trouble soon(Trouble trouble, Duration spread) {
    long drawn = time.nanoTime() + Backoff.within(spread, random).toNanos();
    return new Trouble(trouble.why(), 0, Math.min(trouble.retryAtNanos(), drawn));
  }
}
