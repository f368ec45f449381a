package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Login.Token;
import dev.latchkey.agent.schedule.RenewalSchedule.Step;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Renews a token in time, or has it replaced by another login: when a renewal is refused, when it
 * grants too little, and when renewals fail for so long that its end is near. In the keeper's
 * mailbox; blocks.
 */
final class TokenRenewals {

  /** What a clock may go back without anybody minding. */
  private static final Duration CLOCK_SLIPS = Duration.ofSeconds(2);

  /** The key for a renewal that fails. */
  static final String RENEWAL = "renewal";

  /** The key for a replacement that brings nothing better. */
  static final String REPLACEMENT = "replacement";

  private final Login login;
  private final TimeSource time;
  private final LeaseTroubles troubles;

  TokenRenewals(Login login, TimeSource time, LeaseTroubles troubles) {
    this.login = login;
    this.time = time;
    this.troubles = troubles;
  }

  /**
   * Does what is due for {@code held}; what fails is noted and tried again.
   *
   * @param renewed is given the token with its longer life
   * @param again logs in, and gives the token that it brought
   * @param unreplaced is run when no renewal is waited for and the login brought nothing better, so
   *     that the token is going to end
   */
  void keep(Token held, Consumer<Token> renewed, Supplier<Token> again, Runnable unreplaced) {
    Optional<Step> step = TokenTimes.next(held);
    if (step.filter(next -> wentBack(held) || isDue(next.at())).isEmpty()) {
      return;
    }
    boolean replaces =
        switch (step.get()) {
          case Step.Replace replace -> true;
          case Step.Renew renew -> renewalFails(held, renewed);
        };
    if (replaces && troubles.mayTry(REPLACEMENT)) {
      replace(held, again, unreplaced);
    }
  }

  /** Renews once more before a token is given up, since an outage may be over. */
  private boolean renewalFails(Token held, Consumer<Token> renewed) {
    boolean late = isLate(held) && troubles.mayTry(REPLACEMENT);
    boolean refused = (late || troubles.mayTry(RENEWAL)) && !isRenewed(held, renewed);
    return refused || (late && troubles.why(RENEWAL).isPresent());
  }

  /** Whether the clock went back since it was granted, so that its times mean nothing any more. */
  private boolean wentBack(Token held) {
    return held.issuedAt().isAfter(time.now().plus(CLOCK_SLIPS));
  }

  private boolean isDue(Instant at) {
    return !time.now().isBefore(at);
  }

  /** Whether its renewals failed for so long that they are not waited for any more. */
  private boolean isLate(Token held) {
    return troubles.why(RENEWAL).isPresent()
        && TokenTimes.lastChance(held).filter(this::isDue).isPresent();
  }

  /** Answers false where no renewal helps; after an outage one may. */
  private boolean isRenewed(Token held, Consumer<Token> renewed) {
    try {
      renewed.accept(login.renew(held));
      troubles.over(RENEWAL);
      return true;
    } catch (SecretException failure) {
      troubles.failed(RENEWAL, failure);
      return failure.reason() == Reason.UNAVAILABLE || failure.reason() == Reason.LIMIT_EXCEEDED;
    } catch (RuntimeException failure) {
      troubles.failed(
          RENEWAL, SecretException.of(Reason.INTERNAL, "the token could not be renewed", failure));
      return true;
    }
  }

  private void replace(Token held, Supplier<Token> again, Runnable unreplaced) {
    try {
      if (again.get().value().equals(held.value())) {
        throw SecretException.of(
            Reason.NOT_POSSIBLE_NOW,
            "the token that the agent was given ends soon and cannot be renewed; provide another"
                + " one");
      }
      troubles.over(RENEWAL);
      troubles.over(REPLACEMENT);
    } catch (SecretException failure) {
      troubles.failed(REPLACEMENT, failure);
      unreplaced.run();
    } catch (RuntimeException failure) {
      troubles.failed(
          REPLACEMENT,
          SecretException.of(Reason.INTERNAL, "the token could not be replaced", failure));
      unreplaced.run();
    }
  }

  /** How long until something is due; empty for a token that lives for ever. */
  Optional<Duration> nextIn(Token held) {
    return TokenTimes.next(held)
        .map(
            step ->
                wentBack(held)
                    ? longer(retryIn(RENEWAL), retryIn(REPLACEMENT))
                    : nextIn(held, step));
  }

  private Duration nextIn(Token held, Step step) {
    Duration replacement = retryIn(REPLACEMENT);
    return switch (step) {
      case Step.Replace replace -> longer(until(replace.at()), replacement);
      case Step.Renew renew -> {
        Duration renewal = longer(until(renew.at()), retryIn(RENEWAL));
        Duration late =
            troubles
                .why(RENEWAL)
                .flatMap(why -> TokenTimes.lastChance(held))
                .map(at -> longer(until(at), replacement))
                .orElse(renewal);
        yield late.compareTo(renewal) < 0 ? late : renewal;
      }
    };
  }

  private Duration until(Instant at) {
    Duration wait = Duration.between(time.now(), at);
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private Duration retryIn(String key) {
    return troubles.retryIn(key).orElse(Duration.ZERO);
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
