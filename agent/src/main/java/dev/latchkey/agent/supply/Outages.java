package dev.latchkey.agent.supply;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Remembers what failed and for how long the backend is left alone, so that no number of callers
 * becomes a hot loop against a backend that refuses.
 *
 * <p>A refusal of the agent itself is no outage: it is asked again at the pace of the refresh, or
 * of the backoff's cap where that is shorter. That a secret does not exist is an answer: it ends
 * the outage. Names that nobody reads on, neither to be kept nor held, are forgotten once they were
 * left alone for the backoff's cap, so that a caller that keeps asking meets a growing backoff and
 * one that gave up leaves nothing.
 */
final class Outages {

  private static final int BOUND = 10_000;

  private final ConcurrentHashMap<SecretName, Outage> outages = new ConcurrentHashMap<>();
  private final Backoff backoff;
  private final TimeSource time;
  private final RandomGenerator random;
  private final Predicate<SecretName> readOn;

  /**
   * Remembers nothing.
   *
   * @param readOn whether a name is to be kept or held, so that its outage ends by itself
   */
  Outages(Backoff backoff, TimeSource time, RandomGenerator random, Predicate<SecretName> readOn) {
    this.readOn = readOn;
    this.backoff = backoff;
    this.time = time;
    this.random = random;
  }

  private record Outage(int failures, long untilNanos, SecretException why) {}

  /** Throws the last failure again while the backend is to be left alone. */
  void check(SecretName name) {
    Outage outage = outages.get(name);
    if (outage == null) {
      return;
    }
    long left = outage.untilNanos() - time.nanoTime();
    if (left > 0) {
      SecretException why = outage.why();
      throw SecretException.retryable(why.reason(), why.safeMessage(), Duration.ofNanos(left));
    }
  }

  /**
   * Notes a failure.
   *
   * @param refresh the secret's ordinary pace
   * @return how long to wait before the backend is asked again
   */
  Duration failed(SecretName name, SecretException why, Duration refresh) {
    if (outages.size() >= BOUND) {
      forgetAbandoned();
    }
    Outage before = outages.get(name);
    int failures = before == null ? 1 : before.failures() + 1;
    Duration wait = wait(failures, why, refresh);
    boolean remembered =
        why.reason() != Reason.NOT_FOUND && why.reason() != Reason.VERSION_DESTROYED;
    if (!remembered) {
      outages.remove(name);
    } else if (before != null || outages.size() < BOUND) {
      outages.put(name, new Outage(failures, time.nanoTime() + wait.toNanos(), why));
    }
    return wait;
  }

  private Duration wait(int failures, SecretException why, Duration refresh) {
    Duration drawn =
        switch (why.reason()) {
          case BACKEND_REFUSED,
              NOT_FOUND,
              VERSION_DESTROYED,
              UNSUPPORTED,
              INVALID_REQUEST,
              DENIED ->
              shorter(refresh, backoff.cap());
          case UNAVAILABLE,
              LIMIT_EXCEEDED,
              INTERNAL,
              CONFLICT,
              LEASE_EXPIRED,
              NOT_POSSIBLE_NOW,
              UNKNOWN_CALLER ->
              backoff.delay(failures, random);
        };
    return why.retryDelay().filter(asked -> asked.compareTo(drawn) > 0).orElse(drawn);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Forgets the failures of a name. */
  void over(SecretName name) {
    outages.remove(name);
  }

  /**
   * Lets the names that {@code which} tells be asked for at once, as if for the first time, where
   * it was an outage that failed them. A refusal and a limit keep the wait that they were given.
   *
   * @return those that are read on
   */
  List<SecretName> returned(Predicate<SecretName> which) {
    List<SecretName> woken = new ArrayList<>();
    outages.forEach(
        (name, outage) -> {
          if (outage.why().reason() == Reason.UNAVAILABLE
              && which.test(name)
              && outages.replace(name, outage, new Outage(0, time.nanoTime(), outage.why()))
              && readOn.test(name)) {
            woken.add(name);
          }
        });
    return woken;
  }

  private void forgetAbandoned() {
    long before = time.nanoTime() - backoff.cap().toNanos();
    outages
        .entrySet()
        .removeIf(
            entry -> entry.getValue().untilNanos() - before < 0 && !readOn.test(entry.getKey()));
  }

  /** How many names are in an outage. */
  int count() {
    forgetAbandoned();
    return outages.size();
  }
}
