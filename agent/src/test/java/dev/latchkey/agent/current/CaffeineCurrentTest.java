package dev.latchkey.agent.current;

import static dev.latchkey.agent.current.CurrentFixture.KEPT;
import static dev.latchkey.agent.current.CurrentFixture.REMOTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CaffeineCurrentTest {

  private final CurrentFixture f = new CurrentFixture();

  private static long version(Held held) {
    return held.state().id().version();
  }

  private Held peeked(SecretName name) {
    return f.current.peek(name).orElseThrow();
  }

  private Change with(Change change, OptionalLong expected, String requestId, String version) {
    return new Change(
        change.name(),
        change.content(),
        change.lifetime(),
        version,
        change.issuedAt(),
        Optional.empty(),
        change.rolledBackFrom(),
        change.cause(),
        expected,
        requestId,
        "uid 0",
        "trace");
  }

  @Test
  void anotherValueIsANewVersionAndAHigherRevision() {
    SecretState first = f.publish(KEPT, "a").state();
    SecretState second = f.publish(KEPT, "b").state();
    assertThat(first.id().version()).isEqualTo(1);
    assertThat(second.id().version()).isEqualTo(2);
    assertThat(second.id().revision()).isGreaterThan(first.id().revision());
    assertThat(second.backendVersion()).isEqualTo("2");
    assertThat(f.told).extracting(CaffeineCurrentTest::version).containsExactly(1L, 2L);
  }

  @Test
  void anEqualValueIsNoNewVersionButConfirms() {
    f.publish(KEPT, "a");
    f.time.advance(Duration.ofMinutes(4));
    int writes = f.versions.writes();
    Published again = f.publish(KEPT, "a");
    assertThat(again.changed()).isFalse();
    assertThat(again.state().id().version()).isEqualTo(1);
    assertThat(peeked(KEPT).age(f.time.now())).isZero();
    assertThat(f.versions.writes()).isEqualTo(writes);
    assertThat(f.told).hasSize(1);
  }

  @Test
  void anEqualValueOfARemoteSecretKeepsItsVersionAcrossARestart() {
    f.publish(REMOTE, "a");
    f.publish(REMOTE, "b");
    f.restarted();
    assertThat(f.current.held(REMOTE)).isEmpty();
    assertThat(f.publish(REMOTE, "b").state().id().version()).isEqualTo(2);
    assertThat(f.publish(REMOTE, "c").state().id().version()).isEqualTo(3);
  }

  @Test
  void anotherLifetimeRaisesTheRevisionAlone() {
    f.publish(KEPT, "a");
    Change change = f.change(KEPT, "a");
    Lifetime lease =
        new Lifetime.Leased(f.time.now(), f.time.now().plus(Duration.ofMinutes(10)), true);
    Change leased =
        new Change(
            KEPT,
            change.content(),
            lease,
            "",
            change.issuedAt(),
            Optional.empty(),
            0,
            Cause.LOAD,
            OptionalLong.empty(),
            "",
            "agent",
            "");
    SecretState renewed = f.current.publish(leased, Alongside.NOTHING).state();
    assertThat(renewed.id().version()).isEqualTo(1);
    assertThat(renewed.id().revision()).isEqualTo(2);
    assertThat(renewed.expiresAt()).isPresent();
  }

  @Test
  void aRollbackPublishesTheEarlierContentAsANewVersion() {
    f.publish(KEPT, "a");
    f.publish(KEPT, "b");
    Change change =
        new Change(
            KEPT,
            FakeBackend.text("a"),
            new Lifetime.Unleased(),
            "",
            f.time.now(),
            Optional.empty(),
            1,
            Cause.ROLLBACK,
            OptionalLong.empty(),
            "",
            "uid 0",
            "");
    SecretState back = f.current.publish(change, Alongside.NOTHING).state();
    assertThat(back.id().version()).isEqualTo(3);
    assertThat(back.rolledBackFrom()).isEqualTo(1);
    assertThat(f.audited.getLast().operation()).isEqualTo("rollback");
  }

  @Test
  void aLostCompareAndSetChangesNothing() {
    f.publish(KEPT, "a");
    Change change = with(f.change(KEPT, "b"), OptionalLong.of(0), "", "");
    assertThatThrownBy(() -> f.current.publish(change, Alongside.NOTHING))
        .isInstanceOfSatisfying(
            SecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFLICT));
    assertThat(version(peeked(KEPT))).isEqualTo(1);
    Change right = with(f.change(KEPT, "b"), OptionalLong.of(1), "", "");
    assertThat(f.current.publish(right, Alongside.NOTHING).changed()).isTrue();
  }

  @Test
  void aRepeatedRequestAnswersAsTheFirstDid() {
    Change change = with(f.change(KEPT, "a"), OptionalLong.of(0), "request-1", "");
    f.current.publish(change, Alongside.NOTHING);
    f.publish(KEPT, "b");
    List<SecretState> alongside = new ArrayList<>();
    Published repeat = f.current.publish(change, (tx, state) -> alongside.add(state));
    assertThat(repeat.changed()).isFalse();
    assertThat(repeat.state().id().version()).isEqualTo(1);
    assertThat(version(peeked(KEPT))).isEqualTo(2);
    assertThat(alongside).isEmpty();
  }

  @Test
  void anOlderBackendVersionIsNeverMadeCurrentWhereTheBackendOrdersThem() {
    f.loader.ordered = true;
    f.current.publish(load("ten", "10"), Alongside.NOTHING);
    Published older = f.current.publish(load("nine", "9"), Alongside.NOTHING);
    assertThat(older.changed()).isFalse();
    assertThat(peeked(REMOTE).state().backendVersion()).isEqualTo("10");
    f.loader.ordered = false;
    assertThat(f.current.publish(load("nine", "9"), Alongside.NOTHING).changed()).isTrue();
  }

  private Change load(String value, String version) {
    Change change = Change.byAgent(REMOTE, FakeBackend.text(value), Cause.LOAD, f.time.now());
    return with(change, OptionalLong.empty(), "", version);
  }

  @Test
  void whatIsWrittenAlongsideSeesThePublishedStateAndUndoesThePublishWhenItFails() {
    List<Long> seen = new ArrayList<>();
    f.current.publish(f.change(KEPT, "a"), (tx, state) -> seen.add(state.id().version()));
    assertThat(seen).containsExactly(1L);
    Alongside broken =
        (tx, state) -> {
          throw SecretException.of(Reason.UNAVAILABLE, "disk full");
        };
    assertThatThrownBy(() -> f.current.publish(f.change(KEPT, "b"), broken))
        .hasMessage("disk full");
    assertThat(version(peeked(KEPT))).isEqualTo(1);
    assertThat(f.told).hasSize(1);
  }

  @Test
  void aChangeIsAuditedAndAConfirmationByALoadIsNot() {
    f.current.publish(load("a", "1"), Alongside.NOTHING);
    f.current.publish(load("a", "1"), Alongside.NOTHING);
    assertThat(f.audited).singleElement().satisfies(r -> assertThat(r.version()).isEqualTo(1));
  }

  @Test
  void onlyTheTurnRaisesTheRevision() {
    f.publish(KEPT, "a");
    f.current.confirm(KEPT);
    assertThat(peeked(KEPT).state().id().revision()).isEqualTo(1);
    f.current.turnStale(KEPT, "down");
    f.current.turnStale(KEPT, "still down");
    assertThat(peeked(KEPT).stale()).isTrue();
    assertThat(peeked(KEPT).state().id().revision()).isEqualTo(2);
    assertThat(f.current.reason(KEPT)).isEqualTo("still down");
    f.current.confirm(KEPT);
    assertThat(peeked(KEPT).stale()).isFalse();
    assertThat(peeked(KEPT).state().id().revision()).isEqualTo(3);
    assertThat(f.current.reason(KEPT)).isEmpty();
    assertThat(f.told).hasSize(3);
    assertThat(f.versions.lastId(KEPT)).contains(peeked(KEPT).state().id());
  }

  @Test
  void anEqualValueTurnsAStaleOneFresh() {
    f.publish(KEPT, "a");
    f.current.turnStale(KEPT, "down");
    f.publish(KEPT, "a");
    assertThat(peeked(KEPT).stale()).isFalse();
    assertThat(peeked(KEPT).state().id().version()).isEqualTo(1);
    assertThat(peeked(KEPT).state().id().revision()).isEqualTo(3);
  }

  @Test
  void staleIsMarkedEvenWhileTheStoreCannotBeWritten() {
    f.publish(KEPT, "a");
    f.transactions.fail(SecretException.of(Reason.UNAVAILABLE, "disk full"));
    f.current.turnStale(KEPT, "down");
    assertThat(peeked(KEPT).stale()).isTrue();
    assertThat(peeked(KEPT).state().id().revision()).isEqualTo(1);
  }

  @Test
  void servesWithinMaxStaleThenSaysUnavailable() {
    f.publish(REMOTE, "a");
    f.current.turnStale(REMOTE, "down");
    f.time.advance(Duration.ofHours(1));
    assertThat(f.current.read(REMOTE).stale()).isTrue();
    assertThat(f.loader.loads).isZero();
    f.time.advance(Duration.ofSeconds(1));
    assertThat(f.current.peek(REMOTE)).isEmpty();
    assertThatThrownBy(() -> f.current.read(REMOTE))
        .isInstanceOfSatisfying(
            SecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  @Test
  void aLeaseIsServedUntilItsEndThenRefused() {
    Lifetime lease =
        new Lifetime.Leased(f.time.now(), f.time.now().plus(Duration.ofMinutes(2)), true);
    Change change = f.change(REMOTE, "a");
    Change leased =
        new Change(
            REMOTE,
            change.content(),
            lease,
            "",
            change.issuedAt(),
            Optional.empty(),
            0,
            Cause.LOAD,
            OptionalLong.empty(),
            "",
            "agent",
            "");
    f.current.publish(leased, Alongside.NOTHING);
    f.time.advance(Duration.ofSeconds(119));
    assertThat(f.current.peek(REMOTE)).isPresent();
    f.time.advance(Duration.ofSeconds(1));
    assertThatThrownBy(() -> f.current.read(REMOTE))
        .isInstanceOfSatisfying(
            SecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LEASE_EXPIRED));
  }

  @Test
  void whatTheStoreKeepsIsHeldAgainAfterARestart() {
    f.publish(KEPT, "a");
    f.publish(REMOTE, "b");
    f.restarted();
    assertThat(version(peeked(KEPT))).isEqualTo(1);
    assertThat(peeked(KEPT).stale()).isFalse();
    assertThat(f.current.peek(REMOTE)).isEmpty();
  }

  @Test
  void whatWasDueAtARestartIsStaleUntilConfirmed() {
    f.publish(KEPT, "a");
    f.time.advance(Duration.ofMinutes(6));
    f.restarted();
    assertThat(peeked(KEPT).stale()).isTrue();
    f.current.confirm(KEPT);
    assertThat(peeked(KEPT).stale()).isFalse();
  }

  @Test
  void anEvictedOneIsReadBackFromTheStoreAndDeclaredOnesAreNeverEvicted() {
    f.publish(KEPT, "a");
    for (int i = 0; i < 300; i++) {
      f.publish(new SecretName("app/" + i), "value " + i);
    }
    assertThat(peeked(KEPT)).isNotNull();
    SecretName evicted = firstEvicted();
    assertThat(f.current.read(evicted).state().name()).isEqualTo(evicted);
    assertThat(f.loader.loads).isZero();
  }

  private SecretName firstEvicted() {
    for (int i = 0; i < 300; i++) {
      SecretName name = new SecretName("app/" + i);
      if (f.current.held(name).isEmpty()) {
        return name;
      }
    }
    throw new AssertionError("nothing was evicted");
  }

  @Test
  void whatIsKeptIsServedStaleWhileTheBackendLimitsTheAgent() {
    SecretName name = new SecretName("app/a");
    f.publish(name, "a");
    f.time.advance(Duration.ofMinutes(6));
    f.restarted();
    f.loader.script =
        () -> {
          throw SecretException.retryable(
              Reason.LIMIT_EXCEEDED, "too many requests", Duration.ofSeconds(1));
        };
    assertThat(f.current.read(name).stale()).isTrue();
    assertThat(f.current.read(name).state().content()).isEqualTo(FakeBackend.text("a"));
  }

  @Test
  void whatIsWithdrawnWhileItIsReadBackIsNotHeldAgain() {
    SecretName name = new SecretName("app/a");
    f.publish(name, "deleted");
    Interrupted transactions = new Interrupted();
    CaffeineCurrent fresh =
        new CaffeineCurrent(
            f.versions, transactions, f.audit, f.catalog, f.time, CurrentFixture.BOUND);
    fresh.start(f.loader);
    f.loader.script =
        () -> {
          throw SecretException.of(Reason.NOT_FOUND, "it was deleted");
        };
    transactions.afterNext =
        () ->
            fresh.withdraw(
                new Withdrawal(name, "delete", List.of(), true, true, "", "", "uid 0", ""));

    assertThatThrownBy(() -> fresh.read(name)).hasMessage("it was deleted");
    assertThat(fresh.held(name)).isEmpty();
  }

  /** Transactions after the next of which something else comes first. */
  private final class Interrupted implements Transaction.Runner {

    private Runnable afterNext = () -> {};

    @Override
    public <T> T call(Function<Transaction, T> work) {
      T result = f.transactions.call(work);
      Runnable now = afterNext;
      afterNext = () -> {};
      now.run();
      return result;
    }
  }

  @Test
  void aDeclaredSetOverTheBoundStopsTheStart() {
    String big = "x".repeat((int) CurrentFixture.BOUND);
    assertThatThrownBy(() -> f.publish(KEPT, big)).hasMessageContaining("agent.cache_bytes");
    CaffeineCurrent small =
        new CaffeineCurrent(
            f.versions, f.transactions, new SilentAudit(), f.catalog, f.time, 1_000);
    f.publish(KEPT, "x".repeat(2_000));
    assertThatThrownBy(() -> small.start(f.loader)).hasMessageContaining("agent.cache_bytes");
  }

  @Test
  void listenersAreToldInTheOrderOfTheStoreHoweverManyPublish() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        String value = "value " + i;
        var _ = threads.submit(() -> f.publish(KEPT, value));
      }
    }
    assertThat(f.told).hasSize(200);
    assertThat(f.told).extracting(CaffeineCurrentTest::version).isSorted();
    assertThat(version(peeked(KEPT))).isEqualTo(200);
  }

  @Test
  void aListenerThatThrowsKeepsNobodyFromBeingTold() {
    var _ =
        f.current.listen(
            held -> {
              throw new IllegalStateException("broken listener");
            });
    List<Held> later = new ArrayList<>();
    var _ = f.current.listen(later::add);
    Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
    assertThat(f.publish(KEPT, "a").changed()).isTrue();
    assertThat(later).hasSize(1);
  }

  @Test
  void aRestoredStoreGivesItsOwnEpoch() {
    f.publish(KEPT, "a");
    f.versions.restoredAs(new dev.latchkey.agent.secret.Epoch("epoch-2"));
    f.restarted();
    assertThat(f.current.epoch().id()).isEqualTo("epoch-2");
    assertThat(f.publish(KEPT, "b").state().id().epoch().id()).isEqualTo("epoch-2");
  }
}
