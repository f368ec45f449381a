package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Renewals that fail, or that are granted in a way that nobody asked for. */
class OddRenewalsTest {

  private static final Duration OVERLAP = Duration.ofSeconds(10);
  private static final Duration LIFE = Duration.ofMinutes(1);

  private final LeaseWorld world = new LeaseWorld(new LeaseDeclaration(OVERLAP, false, false), 11);

  private int requests() {
    return world.backend.reads + world.backend.renewals + world.backend.revocations;
  }

  private void passAndStayGood(Duration span) {
    for (long i = 0; i < span.toSeconds(); i++) {
      world.time.advance(Duration.ofSeconds(1));
      assertThat(world.read().expiresAt().orElseThrow()).isAfter(world.time.now());
    }
  }

  /** What the adapter makes of a duration of 0, a negative one, none, and one that is no number. */
  @Test
  void anAnswerThatNamesNoEndIsAskedForAgainWithBackoffAndTheSuccessorComesInTime() {
    world.start();
    world.backend.renewalFailure =
        SecretException.retryable(
            Reason.UNAVAILABLE, "a lease of 0 s, which has ended", Duration.ofSeconds(1));
    Instant end = world.read().expiresAt().orElseThrow();
    passAndStayGood(Duration.ofMinutes(1));
    assertThat(requests()).isLessThanOrEqualTo(20);
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.read().publishedAt()).isBeforeOrEqualTo(end.minus(OVERLAP));
  }

  @Test
  void aRenewalThatHasEndedAlreadyIsALostLease() {
    world.start();
    world.backend.oddRenewal = new Leasing.Renewal(world.time.now(), true);
    passAndStayGood(Duration.ofMinutes(1));
    assertThat(requests()).isLessThanOrEqualTo(20);
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.events).anyMatch(AgentEvent.LeaseLost.class::isInstance);
  }

  @Test
  void aRenewalShorterThanAskedIsTheLastAndTheSuccessorComesInTime() {
    world.start();
    world.time.advance(Duration.ofSeconds(35));
    world.backend.oddRenewal = new Leasing.Renewal(world.time.now().plusSeconds(25), true);
    passAndStayGood(Duration.ofSeconds(20));
    assertThat(world.backend.renewals).isEqualTo(1);
    assertThat(world.read().id().version()).isEqualTo(2);
  }

  @Test
  void aRenewalOfTenYearsIsTakenAndRenewedNoMoreForLong() {
    world.start();
    world.backend.oddRenewal =
        new Leasing.Renewal(world.time.now().plus(Duration.ofDays(3650)), true);
    world.time.advance(Duration.ofDays(365));
    assertThat(world.backend.renewals).isEqualTo(1);
    assertThat(world.backend.reads).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 5, 20, 60})
  void aRefusedRenewalMakesAtMostTwentyRequestsInTheFirstMinute(long life) {
    world.backend.lives = () -> Duration.ofSeconds(life);
    world.start();
    world.backend.renewalFailure = SecretException.of(Reason.BACKEND_REFUSED, "permission denied");
    world.time.advance(LIFE);
    assertThat(world.backend.renewals).as("renewals").isLessThanOrEqualTo(8);
    assertThat(world.backend.reads).as("new leases").isLessThanOrEqualTo(20);
  }

  @Test
  void aLeaseOfASecondThatIsNotExtendedIsNotAskedForEachSecond() {
    world.backend.lives = () -> Duration.ofSeconds(1);
    world.backend.longest = Duration.ofSeconds(1);
    world.start();
    world.time.advance(LIFE);
    assertThat(world.backend.reads).isBetween(10, 20);
    assertThat(world.backend.renewals).isLessThanOrEqualTo(20);
  }
}
