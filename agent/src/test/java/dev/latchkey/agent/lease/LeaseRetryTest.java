package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the end of an outage does to leases, and what it does not. */
class LeaseRetryTest {

  private static final LeaseDeclaration LEASE =
      new LeaseDeclaration(Duration.ofSeconds(10), false, false);
  private static final int MANY = 1_000;

  private final LeaseWorld world = new LeaseWorld(LEASE, 5);

  private static SecretException gone() {
    return SecretException.of(Reason.UNAVAILABLE, "the manager cannot be reached");
  }

  @Test
  void whatAnOutageFailedIsTriedAgainWithinASecondOfItsEnd() {
    world.start();
    world.backend.failure = gone();
    world.time.advance(Duration.ofMinutes(30));
    assertThat(world.stages()).doesNotContain(Lease.Stage.HELD);
    world.backend.failure = null;
    world.ledger.retry();
    world.time.advance(LeaseLedger.SPREAD);
    assertThat(world.stages()).contains(Lease.Stage.HELD);
    assertThat(world.current.held(LeaseWorld.ORDERS).orElseThrow().stale()).isFalse();
    assertThat(world.ledger.health().reason()).isEmpty();
  }

  @Test
  void theReturnMakesNoStampede() {
    List<Declaration> many =
        IntStream.range(0, MANY)
            .mapToObj(i -> LeaseWorld.declaration(new SecretName("s" + i), LEASE))
            .toList();
    LeaseWorld crowd = new LeaseWorld(many, 7).start();
    crowd.backend.failure = gone();
    crowd.time.advance(Duration.ofMinutes(10));
    crowd.backend.failure = null;
    int before = crowd.backend.reads;
    crowd.ledger.retry();
    Duration tenth = LeaseLedger.SPREAD.dividedBy(10);
    int most = 0;
    for (int i = 0; i < 10; i++) {
      int reads = crowd.backend.reads;
      crowd.time.advance(tenth);
      most = Math.max(most, crowd.backend.reads - reads);
    }
    assertThat(crowd.backend.reads - before).as("each is asked for once").isEqualTo(MANY);
    assertThat(most).as("spread over the time").isBetween(MANY / 10, MANY / 5);
  }

  @Test
  void theManagersWaitForARenewalIsKeptAndTheEndOfAnOutageDoesNotCutItShort() {
    world.backend.lives = () -> Duration.ofMinutes(10);
    world.backend.longest = Duration.ofHours(1);
    world.start();
    world.backend.renewalFailure =
        SecretException.retryable(Reason.LIMIT_EXCEEDED, "too many calls", Duration.ofMinutes(1));
    world.time.advance(Duration.ofMinutes(7));
    int renewals = world.backend.renewals;
    assertThat(renewals).isBetween(1, 2);
    world.ledger.retry();
    world.time.advance(LeaseLedger.SPREAD);
    assertThat(world.backend.renewals).isEqualTo(renewals);
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.backend.renewals).isEqualTo(renewals + 1);
  }

  /** The manager answers everything else, as when it alone cannot write what a renewal changes. */
  @ParameterizedTest
  @CsvSource({"60, 0", "60, 300", "600, 0", "600, 300", "3600, 0", "3600, 3000"})
  void aLeaseWhoseRenewalsAloneFailHasASuccessorThatLeavesTheOverlap(long life, long delay) {
    world.backend.lives = () -> Duration.ofSeconds(life);
    world.backend.longest = Duration.ofDays(1);
    world.start();
    world.backend.renewalFailure =
        delay == 0
            ? gone()
            : SecretException.retryable(
                Reason.UNAVAILABLE, "status 500", Duration.ofSeconds(delay));
    long version = world.read().id().version();
    for (long second = 0; second < 6 * life; second++) {
      world.time.advance(Duration.ofSeconds(1));
      SecretState now = world.current.held(LeaseWorld.ORDERS).orElseThrow().state();
      if (now.id().version() != version) {
        version = now.id().version();
        assertThat(now.previousValidUntil().orElseThrow())
            .isAfterOrEqualTo(now.publishedAt().plus(LEASE.overlap()));
      }
    }
    assertThat(version).as("a successor for each lease").isBetween(7L, 12L);
    assertThat(world.backend.renewals).as("each was tried").isGreaterThanOrEqualTo(6);
  }

  @Test
  void renewalsThatFailForOneLeaseAfterAnotherAreTriedMoreAndMoreRarely() {
    world.backend.lives = () -> Duration.ofSeconds(60);
    world.backend.longest = Duration.ofDays(1);
    world.start();
    world.backend.renewalFailure = gone();
    world.time.advance(Duration.ofMinutes(2));
    int leases = world.backend.reads;
    int renewals = world.backend.renewals;
    assertThat(renewals).as("quickly at first").isGreaterThanOrEqualTo(4);
    world.time.advance(Duration.ofMinutes(20));
    assertThat(world.backend.reads - leases).as("successors").isBetween(20, 30);
    assertThat(world.backend.renewals - renewals)
        .as("few for each of them")
        .isBetween(world.backend.reads - leases, 3 * (world.backend.reads - leases));
  }

  @ParameterizedTest
  @EnumSource(names = {"BACKEND_REFUSED", "LIMIT_EXCEEDED", "NOT_FOUND"})
  void theEndOfAnOutageIsNoReasonToAskForALeaseThatWasRefused(Reason reason) {
    world.backend.failure = SecretException.retryable(reason, "no", Duration.ofMinutes(5));
    world.start();
    assertThat(world.backend.reads).isEqualTo(1);
    for (int i = 0; i < 20; i++) {
      world.ledger.retry();
      world.supply.retry("vault");
      world.time.advance(Duration.ofSeconds(1));
    }
    assertThat(world.backend.reads).isEqualTo(1);
  }

  @Test
  void aRequestThatWasNeverSentLeavesNoOpenIntent() {
    world.backend.failure = gone().ofNothingDone();
    world.start();
    world.time.advance(Duration.ofMinutes(5));
    assertThat(world.backend.reads).isGreaterThan(1);
    assertThat(world.ledger.list()).isEmpty();
    world.backend.failure = gone();
    world.time.advance(Duration.ofMinutes(5));
    assertThat(world.stages()).as("nobody knows what it brought").contains(Lease.Stage.INTENT);
  }
}
