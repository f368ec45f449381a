package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.current.ChangeListener;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lease.Lease.Stage;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is no longer good is served no longer. */
class EndedLeasesTest {

  private static final Caller CALLER = new Caller(1000, 1000, 1, Optional.empty());

  private final LeaseWorld world = world(false);

  private static LeaseWorld world(boolean revokedOnExit) {
    LeaseWorld world =
        new LeaseWorld(new LeaseDeclaration(Duration.ofSeconds(15), revokedOnExit, false), 7);
    world.backend.lives = () -> Duration.ofHours(1);
    world.backend.longest = Duration.ofDays(1);
    return world;
  }

  private static SecretException outage() {
    return SecretException.of(Reason.UNAVAILABLE, "the manager cannot be reached");
  }

  private static void assertEnded(LeaseWorld world) {
    assertThat(world.current.peek(LeaseWorld.ORDERS)).isEmpty();
    assertThatThrownBy(world::read)
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.LEASE_EXPIRED));
  }

  @Test
  void aLostLeaseIsServedNoMoreWhileThereIsNoSuccessor() {
    world.start();
    world.backend.end("creds/orders-db/1");
    world.backend.readFailure = outage();
    world.time.advance(Duration.ofMinutes(41));
    assertEnded(world);
    assertThat(world.ledger.list()).filteredOn(row -> row.lease().stage() == Stage.HELD).isEmpty();
    world.restart();
    assertEnded(world);
    world.backend.readFailure = null;
    world.time.advance(Duration.ofMinutes(2));
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.events).filteredOn(AgentEvent.LeaseLost.class::isInstance).hasSize(1);
  }

  @Test
  void whoeverFollowsTheSecretIsToldOfTheEndOfALostLease() throws Exception {
    world.start();
    List<Boolean> usable = new ArrayList<>();
    AutoCloseable listening =
        world.current.listen(now -> usable.add(now.isUsable(world.time.now())));
    world.backend.end("creds/orders-db/1");
    world.backend.readFailure = outage();
    world.time.advance(Duration.ofMinutes(41));
    assertThat(usable).isNotEmpty().last().isEqualTo(false);
    listening.close();
  }

  @Test
  void whoeverFollowsTheSecretIsNotToldThatItIsMissingWhileItsLeaseLives() throws Exception {
    world.start();
    List<SecretName> missing = new ArrayList<>();
    AutoCloseable listening =
        world.current.listen(
            new ChangeListener() {
              @Override
              public void changed(Held now) {}

              @Override
              public void missing(SecretName name) {
                missing.add(name);
              }
            });
    world.backend.readFailure = SecretException.of(Reason.NOT_FOUND, "the role is gone");
    world.time.advance(Duration.ofMinutes(30));
    assertThat(world.current.peek(LeaseWorld.ORDERS)).isPresent();
    assertThat(missing).isEmpty();
    listening.close();
  }

  @Test
  void aLostLeaseWithASuccessorAtOnceIsNotSeenToEnd() {
    world.start();
    world.backend.end("creds/orders-db/1");
    world.time.advance(Duration.ofMinutes(41));
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.read().id().revision()).as("nothing between the two").isEqualTo(2);
    assertThat(world.stages()).containsExactly(Stage.HELD);
    assertThat(world.audit.changes())
        .extracting(AuditRecord::operation)
        .contains("lease.lost", "lease.issue");
  }

  @Test
  void theEndOfItsTokenEndsALeaseAlsoWhenItsOwnEndIsLater() {
    world.start();
    world.backend.failure = outage();
    world.ledger.parentEnds("", Optional.of(world.time.now().plusSeconds(40)));
    world.time.advance(Duration.ofSeconds(41));
    assertEnded(world);
  }

  @Test
  void aLeaseOfATokenThatWasReplacedWithLifeLeftLivesOnOverARestart() {
    world.tokens.accessor = "one";
    world.start();
    world.tokens.accessor = "two";
    world.ledger.parentEnds("one", Optional.of(world.time.now().plus(Duration.ofMinutes(10))));
    world.restart();
    world.time.advance(Duration.ofSeconds(10));
    assertThat(world.read().id().version()).isEqualTo(1);
    world.time.advance(Duration.ofMinutes(10));
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.events).filteredOn(AgentEvent.LeaseLost.class::isInstance).isEmpty();
  }

  @Test
  void aLeaseThatIsReadWhileItsTokenIsReplacedEndsWithTheTokenThatReadIt() {
    Instant end = world.time.now().plusSeconds(40);
    world.tokens.accessor = "one";
    world.tokens.expiresAt = Optional.of(end);
    world.backend.onTheWay =
        () -> {
          world.tokens.accessor = "two";
          world.tokens.expiresAt = Optional.empty();
          world.ledger.parentEnds("one", Optional.of(end));
        };
    world.start();
    Lease booked = world.ledger.list().getFirst().lease();
    assertThat(booked.parent()).isEqualTo("one");
    assertThat(booked.parentEndsAt()).contains(end);
    world.time.advance(Duration.ofSeconds(40));
    assertThat(world.read().id().version()).as("it had its successor before").isEqualTo(2);
    assertThat(world.ledger.list()).extracting(report -> report.lease().parent()).contains("two");
    assertThat(world.events).filteredOn(AgentEvent.LeaseLost.class::isInstance).isEmpty();
  }

  @Test
  void theRevocationOfALeaseLeavesTheSameValueOfItsSuccessorAlone() {
    world.backend.sameValue = true;
    world.start();
    world.deliver(CALLER);
    String first = world.ledger.list().getFirst().lease().id();
    world.ledger.revoke(first, "uid 0");
    assertThat(world.backend.living()).containsExactly("creds/orders-db/2");
    assertThat(world.current.peek(LeaseWorld.ORDERS)).isPresent();
    assertThat(world.read().id().version()).isEqualTo(1);
    assertThat(world.backend.reads).isEqualTo(2);
    assertThat(world.holders.of(LeaseWorld.ORDERS)).as("of the successor").hasSize(1);
  }

  @Test
  void nobodyHoldsALeaseThatEndedByItselfOrWasLost() {
    world.start();
    world.deliver(CALLER);
    world.backend.end("creds/orders-db/1");
    world.time.advance(Duration.ofMinutes(41));
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.holders.of(LeaseWorld.ORDERS)).as("of the lost one").isEmpty();
    world.deliver(CALLER);
    world.backend.failure = outage();
    world.time.advance(Duration.ofHours(2));
    assertThat(world.holders.of(LeaseWorld.ORDERS)).as("of the expired one").isEmpty();
  }

  @Test
  void nobodyHoldsARetiredLeaseThatCouldNotBeRevokedBeforeItsEnd() {
    world.start();
    world.deliver(CALLER);
    world.backend.revocationFailure = outage();
    world.ledger.parentEnds("", Optional.of(world.time.now().plusSeconds(40)));
    world.time.advance(Duration.ofSeconds(20));
    assertThat(world.holders.of(LeaseWorld.ORDERS)).hasSize(1);
    world.time.advance(Duration.ofSeconds(30));
    assertThat(world.holders.of(LeaseWorld.ORDERS)).isEmpty();
  }

  @Test
  void whatIsRevokedOnExitIsNotServedAtTheNextStart() throws Exception {
    LeaseWorld revoking = world(true);
    revoking.start();
    revoking.ledger.close();
    assertThat(revoking.backend.living()).isEmpty();
    revoking.backend.failure = outage();
    revoking.restart();
    assertEnded(revoking);
    revoking.backend.failure = null;
    revoking.time.advance(Duration.ofMinutes(2));
    assertThat(revoking.read().id().version()).isEqualTo(2);
  }

  @Test
  void whatCouldNotBeRevokedOnExitIsRevokedAtTheNextStart() throws Exception {
    LeaseWorld revoking = world(true);
    revoking.start();
    revoking.backend.failure = outage();
    revoking.ledger.close();
    revoking.backend.failure = null;
    assertThat(revoking.backend.living()).hasSize(1);
    revoking.restart();
    revoking.time.advance(Duration.ofSeconds(2));
    assertThat(revoking.backend.living()).containsExactly("creds/orders-db/2");
    assertThat(revoking.read().id().version()).isEqualTo(2);
  }

  @Test
  void onExitALiveHolderIsWaitedForUntilItIsGone() throws Exception {
    LeaseWorld revoking = world(true);
    revoking.start();
    String subscription = revoking.deliver(CALLER);
    boolean[] gone = {false};
    CompletableFuture<Void> stopped =
        stopping(
            revoking,
            () ->
                revoking.ledger.letGo(
                    Duration.ofMinutes(5), holder -> gone[0] && holder.id().equals(subscription)));
    revoking.time.advance(Duration.ofMinutes(4));
    assertThat(stopped).isNotDone();
    assertThat(revoking.backend.living()).hasSize(1);
    gone[0] = true;
    revoking.time.advance(Duration.ofSeconds(1));
    stopped.get(10, TimeUnit.SECONDS);
    assertThat(revoking.backend.living()).isEmpty();
  }

  @Test
  void onExitAHolderThatNeverGoesIsWaitedForUntilTheCapAlsoAfterAStartThatFailed()
      throws Exception {
    LeaseWorld revoking = world(true);
    revoking.start();
    revoking.deliver(CALLER);
    CompletableFuture<Void> stopped = stopping(revoking, () -> {});
    revoking.time.advance(Duration.ofSeconds(9));
    assertThat(stopped).isNotDone();
    assertThat(revoking.backend.living()).hasSize(1);
    revoking.time.advance(Duration.ofSeconds(2));
    stopped.get(10, TimeUnit.SECONDS);
    assertThat(revoking.backend.living()).isEmpty();
  }

  private static CompletableFuture<Void> stopping(LeaseWorld world, Runnable before) {
    int timers = world.time.pending();
    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(
            () -> {
              before.run();
              try {
                world.ledger.close();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            task -> Thread.ofVirtual().start(task));
    Awaitility.await().until(() -> world.time.pending() > timers);
    return stopped;
  }

  @Test
  void anOperatorsRevocationIsTheOperatorsInTheAuditAndEndsTheTroubleBefore() {
    world.start();
    world.backend.readFailure = outage().ofNothingDone();
    String held = world.ledger.list().getFirst().lease().id();
    assertThatThrownBy(() -> world.ledger.revoke(held, "uid 0 gid 0 pid 7"))
        .hasMessageContaining("cannot be reached");
    assertThat(world.ledger.health().reason()).isNotEmpty();
    world.backend.readFailure = null;
    world.ledger.revoke(held, "uid 0 gid 0 pid 7");
    assertThat(world.ledger.list()).extracting(Leases.LeaseReport::trouble).containsExactly("");
    assertThat(world.audit.changes())
        .filteredOn(record -> record.operation().equals("lease.revoke"))
        .extracting(AuditRecord::actor)
        .containsExactly("uid 0 gid 0 pid 7");
    assertThat(world.audit.changes().getLast().version()).isEqualTo(1);
    assertThat(world.audit.changes())
        .filteredOn(record -> record.version() == 2)
        .extracting(AuditRecord::actor)
        .containsOnly("uid 0 gid 0 pid 7");
  }

  @Test
  void anOperatorsRevocationThatWaitsForTheManagerStaysTheOperators() {
    world.start();
    String held = world.ledger.list().getFirst().lease().id();
    world.backend.revocationFailure = outage();
    assertThatThrownBy(() -> world.ledger.revoke(held, "uid 0 gid 0 pid 7"))
        .hasMessageContaining("cannot be reached");
    world.backend.revocationFailure = null;
    world.time.advance(Duration.ofMinutes(2));
    assertThat(world.backend.living()).containsExactly("creds/orders-db/2");
    assertThat(world.audit.changes())
        .filteredOn(record -> record.operation().equals("lease.revoke"))
        .extracting(AuditRecord::actor)
        .containsExactly("uid 0 gid 0 pid 7");
  }
}
