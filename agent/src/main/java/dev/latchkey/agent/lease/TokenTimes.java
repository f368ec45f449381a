package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Login.Token;
import dev.latchkey.agent.schedule.RenewalSchedule;
import dev.latchkey.agent.schedule.RenewalSchedule.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** When a token ends, and what comes next for it. Pure. */
final class TokenTimes {

  /** What is left of a token's life when its successor takes over, at the most. */
  private static final Duration LONGEST_OVERLAP = Duration.ofMinutes(10);

  private TokenTimes() {}

  static boolean lives(Token token, Instant now) {
    return end(token).map(now::isBefore).orElse(true);
  }

  /** When it ends unless it is renewed; empty for never. */
  static Optional<Instant> end(Token token) {
    return token
        .expiresAt()
        .map(at -> token.endsAt().filter(last -> last.isBefore(at)).orElse(at))
        .or(token::endsAt);
  }

  /** What comes next; empty for a token that lives for ever. */
  static Optional<Step> next(Token token) {
    return token
        .expiresAt()
        .map(
            at ->
                RenewalSchedule.next(
                    new RenewalSchedule.Terms(
                        token.issuedAt(),
                        at,
                        token.endsAt(),
                        token.life(),
                        token.renewable(),
                        overlap(token)),
                    fixed(token)));
  }

  /**
   * From when on a token whose renewals fail is replaced: when half of what its successor needs is
   * left. Empty for one that lives for ever.
   */
  static Optional<Instant> lastChance(Token token) {
    return end(token).map(at -> at.minus(overlap(token).dividedBy(2)));
  }

  /** A third of the token's life, so that what was leased under it can have its successor. */
  private static Duration overlap(Token token) {
    Duration third = token.life().dividedBy(3);
    return third.compareTo(LONGEST_OVERLAP) > 0 ? LONGEST_OVERLAP : third;
  }

  /** Draws the same jitter for the same token, so that its moment does not move. */
  private static RandomGenerator fixed(Token token) {
    return new SplittableRandom(token.issuedAt().toEpochMilli());
  }
}
