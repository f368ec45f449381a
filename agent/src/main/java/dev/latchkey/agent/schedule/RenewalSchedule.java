package dev.latchkey.agent.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a lease is renewed and when it must have a successor. A pure function.
 *
 * <p>A renewal comes at two thirds of the remaining life, up to a tenth earlier, and never so late
 * that less than the overlap would be left if it turned out to extend nothing: so the first renewal
 * that is cut short still leaves time for a successor. A lease that cannot be extended any more has
 * its successor before the overlap begins. A life too short for its overlap is halved instead, so
 * that the manager is not asked again and again.
 */
public final class RenewalSchedule {

  private static final double JITTER = 0.1;
  private static final Duration SHORTEST_LEAD = Duration.ofSeconds(1);
  private static final Duration LONGEST_LEAD = Duration.ofMinutes(1);

  private RenewalSchedule() {}

  /**
   * How a lease stands.
   *
   * @param issuedAt when it was granted or last extended
   * @param expiresAt when it ends unless it is extended
   * @param endsAt when it ends however often it is extended, as with the token it was made under;
   *     empty for not known
   * @param granted for how long it was granted at first
   * @param extensible whether another renewal may extend it
   * @param overlap for how long it shall live on beside its successor
   */
  public record Terms(
      Instant issuedAt,
      Instant expiresAt,
      Optional<Instant> endsAt,
      Duration granted,
      boolean extensible,
      Duration overlap) {

    /** The end that no renewal can move. */
    Instant hardEnd() {
      Instant end = endsAt.orElse(Instant.MAX);
      return extensible || end.isBefore(expiresAt) ? end : expiresAt;
    }
  }

  /** What is to be done with a lease, and when. */
  public sealed interface Step {

    /** Not before then. */
    Instant at();

    /** It is extended. */
    record Renew(Instant at) implements Step {}

    /** A successor is issued. */
    record Replace(Instant at) implements Step {}
  }

  /** What comes next for a lease with these terms. */
  public static Step next(Terms terms, RandomGenerator random) {
    Instant replaceAt = leaving(terms, terms.hardEnd(), random);
    if (!terms.extensible()) {
      return new Step.Replace(replaceAt);
    }
    Instant renewAt = renewal(terms, random);
    return replaceAt.isBefore(renewAt) ? new Step.Replace(replaceAt) : new Step.Renew(renewAt);
  }

  /** Whether the overlap does not fit into a life of this length. */
  public static boolean isTooShort(Duration life, Duration overlap) {
    return life.compareTo(overlap.plus(lead(overlap)).multipliedBy(2)) < 0;
  }

  private static Instant renewal(Terms terms, RandomGenerator random) {
    Duration life = Duration.between(terms.issuedAt(), terms.expiresAt());
    Duration twoThirds = scaled(life, (1 - JITTER * random.nextDouble()) * 2 / 3);
    Instant byThirds = terms.issuedAt().plus(twoThirds);
    Instant byOverlap = leaving(terms, terms.expiresAt(), random);
    return byThirds.isBefore(byOverlap) ? byThirds : byOverlap;
  }

  /** The latest good moment that leaves the overlap before {@code end}; at once when it is over. */
  private static Instant leaving(Terms terms, Instant end, RandomGenerator random) {
    if (end.equals(Instant.MAX)) {
      return end;
    }
    Duration whole = Duration.between(terms.issuedAt(), end);
    boolean bornLate = whole.compareTo(terms.granted()) >= 0 || terms.endsAt().isPresent();
    if (isTooShort(terms.granted(), terms.overlap())
        || (bornLate && isTooShort(whole, terms.overlap()))) {
      return terms.issuedAt().plus(scaled(whole, 0.5));
    }
    Duration early = scaled(lead(terms.overlap()), 1 + random.nextDouble());
    return end.minus(terms.overlap()).minus(early);
  }

  private static Duration lead(Duration overlap) {
    Duration fifth = overlap.dividedBy(5);
    if (fifth.compareTo(SHORTEST_LEAD) < 0) {
      return SHORTEST_LEAD;
    }
    return fifth.compareTo(LONGEST_LEAD) > 0 ? LONGEST_LEAD : fifth;
  }

  private static Duration scaled(Duration span, double by) {
    return Duration.ofMillis((long) (span.toMillis() * by));
  }
}
