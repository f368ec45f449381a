package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lease.Lease.Stage;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LeaseLedgerTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration OVERLAP = Duration.ofSeconds(15);
  private static final Caller CALLER = new Caller(1000, 1000, 1, Optional.empty());

  private final LeaseWorld world = world(false, false);

  private static LeaseWorld world(boolean revokedOnExit, boolean exclusive) {
    return new LeaseWorld(new LeaseDeclaration(OVERLAP, revokedOnExit, exclusive), 7);
  }

  private static SecretException outage() {
    return SecretException.of(Reason.UNAVAILABLE, "the manager cannot be reached");
  }

  private void pass(Duration span, Runnable eachSecond) {
    for (long i = 0; i < span.toSeconds(); i++) {
      world.time.advance(SECOND);
      eachSecond.run();
    }
  }

  private Lease held() {
    return world.ledger.list().stream()
        .map(Leases.LeaseReport::lease)
        .filter(row -> row.stage() == Stage.HELD)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void asksForOneLeaseWhoeverReads() {
    world.start();
    for (int i = 0; i < 10; i++) {
      assertThat(world.read().id().version()).isEqualTo(1);
    }
    assertThat(world.backend.reads).isEqualTo(1);
    assertThat(world.stages()).containsExactly(Stage.HELD);
  }

  @Test
  void aRenewalKeepsTheVersionAndRaisesTheRevision() {
    world.start();
    SecretState first = world.read();
    world.time.advance(Duration.ofSeconds(41));
    SecretState renewed = world.read();
    assertThat(world.backend.renewals).isEqualTo(1);
    assertThat(world.backend.reads).isEqualTo(1);
    assertThat(renewed.id().version()).isEqualTo(first.id().version());
    assertThat(renewed.id().revision()).isGreaterThan(first.id().revision());
    assertThat(renewed.expiresAt().orElseThrow()).isAfter(first.expiresAt().orElseThrow());
  }

  @Test
  void whenARenewalNoLongerExtendsTheSuccessorLeavesTheOverlap() {
    world.start();
    pass(
        Duration.ofMinutes(30),
        () -> {
          Instant now = world.time.now();
          assertThat(world.read().expiresAt().orElseThrow()).isAfter(now);
          assertThat(world.backend.living()).hasSizeLessThanOrEqualTo(2);
          if (world.read().publishedAt().isAfter(now.minus(SECOND))
              && world.read().id().version() > 1) {
            assertThat(world.read().previousValidUntil().orElseThrow())
                .isAfterOrEqualTo(world.read().publishedAt().plus(OVERLAP));
          }
        });
    assertThat(world.backend.reads).isBetween(6, 9);
    assertThat(world.read().id().version()).isEqualTo(world.backend.reads);
  }

  @Test
  void theLeaseBeforeIsRevokedOnceEveryHolderAcknowledged() {
    world.backend.longest = Duration.ofSeconds(60);
    world.start();
    String subscription = world.deliver(CALLER);
    pass(Duration.ofSeconds(45), () -> {});
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.stages()).containsExactlyInAnyOrder(Stage.HELD, Stage.RETIRING);
    assertThat(world.backend.revocations).isZero();
    world.deliver(CALLER);
    world.holders.acknowledge(CALLER, subscription, LeaseWorld.ORDERS, 2);
    assertThat(world.backend.revocations).isEqualTo(1);
    assertThat(world.stages()).containsExactly(Stage.HELD);
    assertThat(world.backend.living()).hasSize(1);
  }

  @Test
  void aRestartTakesUpWhatWasHeldAndAsksForNothing() {
    SplittableRandom random = new SplittableRandom(3);
    world.backend.longest = Duration.ofDays(1);
    world.start();
    for (int i = 0; i < 20; i++) {
      world.time.advance(Duration.ofMillis(random.nextInt(30_000)));
      world.restart();
      assertThat(world.read().id().version()).isEqualTo(1);
    }
    assertThat(world.backend.reads).isEqualTo(1);
    assertThat(world.backend.living()).hasSize(1);
  }

  @Test
  void aLeaseThatEndedWhileTheAgentWasDownIsReplacedAtTheStart() {
    world.start();
    world.time.drop();
    world.time.advance(Duration.ofSeconds(61));
    world.restart();
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.stages()).containsExactly(Stage.HELD);
  }

  @Test
  void anAnswerThatIsLostLeavesAnOpenIntent() {
    world.backend.losesAnswers = true;
    world.start();
    assertThat(world.stages()).containsExactly(Stage.INTENT);
    world.backend.losesAnswers = false;
    world.time.advance(Duration.ofSeconds(10));
    assertThat(world.read().id().version()).isEqualTo(1);
    assertThat(world.stages()).containsExactly(Stage.INTENT, Stage.HELD);
    world.time.advance(Duration.ofMinutes(2));
    assertThat(world.stages()).as("gone within its life").doesNotContain(Stage.INTENT);
  }

  @Test
  void whatALostAnswerGrantedIsRevokedWhereNobodyElseAsks() {
    LeaseWorld alone = world(false, true);
    alone.backend.losesAnswers = true;
    alone.start();
    assertThat(alone.backend.reads).isEqualTo(1);
    assertThat(alone.backend.living()).hasSize(1);
    alone.backend.losesAnswers = false;
    alone.time.advance(Duration.ofSeconds(15));
    assertThat(alone.backend.living()).hasSize(1);
    assertThat(alone.stages()).containsExactly(Stage.HELD);
  }

  @Test
  void aRefusedRenewalIsNotAskedAgainAndTheLeaseIsReplacedInTime() {
    world.start();
    world.backend.renewalFailure = SecretException.of(Reason.BACKEND_REFUSED, "permission denied");
    pass(Duration.ofMinutes(1), () -> assertThat(world.read().expiresAt()).isPresent());
    assertThat(world.backend.renewals).isEqualTo(1);
    assertThat(world.backend.reads + world.backend.renewals + world.backend.revocations)
        .isLessThanOrEqualTo(20);
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.events).anyMatch(AgentEvent.RenewalRefused.class::isInstance);
  }

  @Test
  void inAnOutageTheValueIsServedUntilTheLeaseEndsAndThenRefused() {
    world.start();
    world.backend.failure = outage();
    pass(Duration.ofSeconds(59), () -> assertThat(world.read().id().version()).isEqualTo(1));
    assertThat(world.current.peek(LeaseWorld.ORDERS).orElseThrow().stale()).isTrue();
    world.time.advance(Duration.ofSeconds(2));
    assertThatThrownBy(world::read)
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.LEASE_EXPIRED));
    int asked = world.backend.renewals + world.backend.reads;
    assertThat(asked).isLessThanOrEqualTo(40);
    world.backend.failure = null;
    world.ledger.retry();
    world.time.advance(Duration.ofSeconds(5));
    assertThat(world.read().id().version()).isEqualTo(2);
  }

  @Test
  void aLeaseThatSomebodyElseEndedIsReplacedAtItsNextRenewal() {
    world.start();
    world.backend.end("creds/orders-db/1");
    world.time.advance(Duration.ofSeconds(41));
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.events).anyMatch(AgentEvent.LeaseLost.class::isInstance);
  }

  @Test
  void theEndOfItsTokenReplacesALeaseBeforeThen() {
    world.start();
    world.ledger.parentEnds("", Optional.of(world.time.now().plusSeconds(40)));
    world.time.advance(Duration.ofSeconds(25));
    assertThat(world.read().id().version()).isEqualTo(2);
  }

  @Test
  void whatCannotBeRevokedIsTriedAgainAndListed() {
    world.backend.longest = Duration.ofSeconds(60);
    world.start();
    world.deliver(CALLER);
    pass(Duration.ofSeconds(43), () -> {});
    assertThat(world.stages()).contains(Stage.RETIRING);
    world.backend.failure = outage();
    pass(Duration.ofSeconds(16), () -> {});
    assertThat(world.ledger.list())
        .filteredOn(report -> report.lease().stage() == Stage.REVOKING)
        .allMatch(report -> report.trouble().contains("cannot be reached"));
    world.backend.failure = null;
    pass(Duration.ofSeconds(5), () -> {});
    assertThat(world.stages()).doesNotContain(Stage.REVOKING);
  }

  @Test
  void anOperatorRevokesTheHeldLeaseAfterItsSuccessorCame() {
    world.start();
    world.ledger.revoke(held().id(), "uid 0");
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.backend.living()).containsExactly("creds/orders-db/2");
    assertThatThrownBy(() -> world.ledger.revoke("none", "uid 0"))
        .hasMessageContaining("latchkey lease list");
  }

  @Test
  void keepsItsLeasesWhenItStopsUnlessDeclaredOtherwise() throws Exception {
    world.start();
    world.ledger.close();
    assertThat(world.backend.living()).hasSize(1);
    LeaseWorld revoking = world(true, false);
    revoking.start();
    revoking.ledger.close();
    assertThat(revoking.backend.living()).isEmpty();
  }

  @Test
  void aClockThatJumpsIsJudgedAnew() {
    world.start();
    world.time.jump(Duration.ofSeconds(50));
    world.ledger.planAgain();
    world.time.advance(SECOND);
    assertThat(world.backend.renewals + world.backend.reads).isGreaterThan(1);
  }

  @Test
  void aClockThatGoesBackAnHourHasALeaseRenewedAtOnce() {
    world.start();
    world.time.jump(Duration.ofHours(-1));
    world.ledger.planAgain();
    world.time.advance(SECOND);
    assertThat(world.backend.renewals).isEqualTo(1);
    assertThat(held().issuedAt()).isBeforeOrEqualTo(world.time.now());
  }

  @Test
  void aStoreThatCannotBeWrittenLeavesNoLeaseBehind() {
    world.transactions.fail(SecretException.of(Reason.UNAVAILABLE, "the disk is full"));
    assertThatThrownBy(world::start).isInstanceOf(SecretException.class);
    assertThat(world.backend.reads).isZero();
    world.transactions.heal();
    world.restart();
    assertThat(List.of(world.read().id().version())).containsExactly(1L);
  }
}
