package dev.latchkey.agent.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Faulty;
import dev.latchkey.agent.backend.local.LocalBackend;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackendSupplyTest {

  private static final SecretName ORDERS = new SecretName("orders");
  private static final SecretName UNDECLARED = new SecretName("app/one");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration REFRESH = Duration.ofMinutes(5);

  private final FakeTime time = new FakeTime();
  private final FakeBackend remote = new FakeBackend().with("orders", "a");
  private final Faulty faulty = new Faulty(remote);
  private final InMemoryVersionStore store = new InMemoryVersionStore();
  private final List<AgentEvent> events = new CopyOnWriteArrayList<>();
  private final DeclaredCatalog catalog =
      new DeclaredCatalog(
          List.of(declared(ORDERS)),
          List.of(
              new Mount("app/", "", "remote", HOUR, REFRESH, false),
              new Mount("local/", "local", HOUR, REFRESH)),
          List.of(),
          Set.of());
  private final CaffeineCurrent current =
      new CaffeineCurrent(
          store, new InMemoryTransactions(), new SilentAudit(), catalog, time, 1 << 20);
  private BackendSupply supply = supply(Runnable::run);

  private BackendSupply supply(Executor threads) {
    BackendSupply made =
        new BackendSupply(
            current,
            catalog,
            Map.of("remote", faulty, "local", new LocalBackend("local", store), "writable", remote),
            new NoLeases(),
            (target, login) -> {},
            time,
            time,
            new SplittableRandom(1),
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
            events::add,
            threads);
    current.start(made);
    return made;
  }

  private static Declaration declared(SecretName name) {
    return new Declaration(
        name, "remote", name.text(), "static", true, HOUR, REFRESH, false, "", Optional.empty());
  }

  @AfterEach
  void noTimerIsLeft() throws Exception {
    supply.close();
    assertThat(time.pending()).isZero();
  }

  private String backendVersion(SecretName name) {
    return current.peek(name).map(held -> held.state().backendVersion()).orElse("none");
  }

  @Test
  void aThousandSimultaneousMissesMakeOneBackendRead() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      supply = supply(threads);
      faulty.hang();
      CountDownLatch asking = new CountDownLatch(1_000);
      List<Future<Held>> answers = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        answers.add(
            threads.submit(
                () -> {
                  asking.countDown();
                  return current.read(ORDERS);
                }));
      }
      asking.await();
      faulty.release();
      for (Future<Held> answer : answers) {
        assertThat(answer.get().state().backendVersion()).isEqualTo("1");
      }
    }
    assertThat(faulty.calls()).isEqualTo(1);
  }

  @Test
  void aCancelledCallerTakesNobodysAnswerWithIt() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      supply = supply(threads);
      faulty.hang();
      CountDownLatch asking = new CountDownLatch(2);
      Future<Held> first = threads.submit(() -> asked(asking));
      Future<Held> second = threads.submit(() -> asked(asking));
      asking.await();
      first.cancel(true);
      faulty.release();
      assertThat(second.get().state().backendVersion()).isEqualTo("1");
    }
    assertThat(faulty.calls()).isEqualTo(1);
  }

  private Held asked(CountDownLatch asking) {
    asking.countDown();
    return current.read(ORDERS);
  }

  @Test
  void whatIsDeclaredIsFetchedAtTheStart() {
    supply.start();
    assertThat(backendVersion(ORDERS)).isEqualTo("1");
  }

  @Test
  void readsAgainAheadOfTime() {
    supply.start();
    remote.with("orders", "b");
    time.advance(REFRESH);
    assertThat(backendVersion(ORDERS)).isEqualTo("2");
    assertThat(faulty.calls()).isEqualTo(2);
  }

  @Test
  void servesStaleUntilMaxStaleThenSaysUnavailable() {
    supply.start();
    faulty.goDown();
    time.advance(Duration.ofMinutes(59));
    Held held = current.read(ORDERS);
    assertThat(held.stale()).isTrue();
    assertThat(events).hasSize(1);
    assertThat(events.getFirst()).isInstanceOf(AgentEvent.ServingStale.class);
    time.advance(Duration.ofMinutes(6));
    assertThatThrownBy(() -> current.read(ORDERS))
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> {
              assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
              assertThat(failure.retryDelay()).isPresent();
            });
  }

  @Test
  void aHealedBackendTurnsAStaleValueFresh() {
    supply.start();
    faulty.goDown();
    time.advance(REFRESH.multipliedBy(2));
    faulty.heal();
    time.advance(Duration.ofMinutes(2));
    assertThat(current.peek(ORDERS).orElseThrow().stale()).isFalse();
    assertThat(supply.health().reason()).isEmpty();
  }

  @Test
  void aFailingBackendSeesBackoffAndNeverAHotLoop() {
    faulty.goDown();
    supply.start();
    time.advance(HOUR);
    assertThat(faulty.calls()).isBetween(30, 400);
  }

  @Test
  void callersCannotHammerAFailingBackend() {
    faulty.goDown();
    supply.start();
    int before = faulty.calls();
    for (int i = 0; i < 1_000; i++) {
      assertThatThrownBy(() -> current.read(ORDERS)).isInstanceOf(SecretException.class);
    }
    assertThat(faulty.calls() - before).isLessThanOrEqualTo(1);
  }

  @Test
  void retryAfterIsHonoured() {
    faulty.failWith(SecretException.retryable(Reason.UNAVAILABLE, "busy", Duration.ofMinutes(10)));
    supply.start();
    time.advance(Duration.ofMinutes(9));
    assertThat(faulty.calls()).isEqualTo(1);
    time.advance(Duration.ofMinutes(2));
    assertThat(faulty.calls()).isEqualTo(2);
  }

  @Test
  void aRefusalOfTheAgentIsNotRetriedAsAnOutage() {
    faulty.failWith(SecretException.of(Reason.BACKEND_REFUSED, "permission denied"));
    supply.start();
    time.advance(Duration.ofMinutes(10));
    assertThat(faulty.calls()).isBetween(10, 11);
  }

  @Test
  void theEndOfAnOutageMakesEverythingBeReadAgainWithinASecond() {
    supply.start();
    faulty.goDown();
    time.advance(Duration.ofMinutes(30));
    assertThatThrownBy(() -> current.read(UNDECLARED)).isInstanceOf(SecretException.class);
    remote.with("orders", "b").with("one", "c");
    faulty.heal();
    supply.retry("another");
    time.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> current.read(UNDECLARED)).isInstanceOf(SecretException.class);
    int calls = faulty.calls();
    supply.retry("remote");
    assertThat(faulty.calls()).as("it is spread").isEqualTo(calls);
    assertThat(current.read(UNDECLARED).stale()).isFalse();
    time.advance(BackendSupply.SPREAD);
    assertThat(backendVersion(ORDERS)).isEqualTo("2");
    assertThat(current.peek(ORDERS).orElseThrow().stale()).isFalse();
    assertThat(faulty.calls()).isEqualTo(calls + 2);
  }

  @Test
  void theEndOfAnOutageIsNoReasonToAskAgainAfterARefusalOrALimit() {
    supply.start();
    for (Reason reason : List.of(Reason.BACKEND_REFUSED, Reason.LIMIT_EXCEEDED)) {
      faulty.failWith(SecretException.retryable(reason, "not now", Duration.ofMinutes(10)));
      time.advance(REFRESH);
      int calls = faulty.calls();
      supply.retry("remote");
      time.advance(BackendSupply.SPREAD);
      assertThat(faulty.calls()).isEqualTo(calls);
      faulty.heal();
      time.advance(Duration.ofMinutes(11));
    }
  }

  @Test
  void anUnexpectedFailureIsAnOutageWhoseMessageTellsNothing() {
    faulty.failWith(new IllegalStateException("marker-secret"));
    assertThatThrownBy(() -> current.read(ORDERS))
        .hasMessageNotContaining("marker-secret")
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  @Test
  void aReplicaThatLagsBehindNeverTakesAValueBack() {
    remote.with("orders", "b");
    supply.start();
    remote.lagBehind("orders");
    time.advance(REFRESH);
    assertThat(backendVersion(ORDERS)).isEqualTo("2");
    assertThat(current.peek(ORDERS).orElseThrow().stale()).isTrue();
  }

  @Test
  void aJumpOfTheClockMakesDueWhatCameDueMeanwhile() {
    supply.start();
    int before = faulty.calls();
    time.jump(Duration.ofHours(2));
    supply.planAgain();
    time.advance(Duration.ofSeconds(1));
    assertThat(faulty.calls()).isEqualTo(before + 1);
    assertThat(current.peek(ORDERS)).isPresent();
  }

  @Test
  void aClockThatWentBackDelaysNoReadBeyondItsPace() {
    supply.start();
    int before = faulty.calls();
    time.jump(Duration.ofHours(-2));
    supply.planAgain();
    time.advance(REFRESH);
    assertThat(faulty.calls()).isEqualTo(before + 1);
  }

  @Test
  void putIsCurrentAtOnceAndNumberedByTheStore() {
    SecretName name = new SecretName("local/a");
    assertThat(supply.put(put(name, "x", OptionalLong.of(0), "r1")).state().id().version())
        .isEqualTo(1);
    assertThat(supply.put(put(name, "y", OptionalLong.of(1), "r2")).state().backendVersion())
        .isEqualTo("2");
    assertThat(supply.put(put(name, "y", OptionalLong.of(1), "r2")).changed()).isFalse();
    assertThatThrownBy(() -> supply.put(put(name, "z", OptionalLong.of(1), "r3")))
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.CONFLICT));
    assertThat(current.read(name).state().id().version()).isEqualTo(2);
  }

  private static Supply.Put put(
      SecretName name, String value, OptionalLong expected, String request) {
    return new Supply.Put(name, FakeBackend.text(value), expected, request, "uid 0", "");
  }

  @Test
  void putIsRefusedOutsideEveryPrefixAndWhereTheBackendTakesNoWrites() {
    assertThatThrownBy(
            () -> supply.put(put(new SecretName("nowhere"), "x", OptionalLong.empty(), "")))
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND));
    assertThatThrownBy(() -> supply.put(put(ORDERS, "x", OptionalLong.empty(), "")))
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.UNSUPPORTED));
  }

  @Test
  void aLocalReadThatWasOvertakenByAPublishNeverTakesItBack() {
    SecretName name = new SecretName("local/a");
    supply.put(put(name, "x", OptionalLong.empty(), ""));
    supply.put(put(name, "y", OptionalLong.empty(), ""));
    time.advance(Duration.ofMinutes(30));
    assertThat(current.read(name).state().id().version()).isEqualTo(2);
    assertThat(current.read(name).stale()).isFalse();
  }

  @Test
  void listsUndeclaredNamesInOrderAndByPages() {
    for (String name : List.of("local/c", "local/a", "local/b")) {
      supply.put(put(new SecretName(name), "x", OptionalLong.empty(), ""));
    }
    assertThat(supply.list("", "", 10))
        .extracting(SecretName::text)
        .containsExactly("local/a", "local/b", "local/c");
    assertThat(supply.list("local/", "local/a", 1)).containsExactly(new SecretName("local/b"));
    assertThat(supply.list("local/c", "", 9)).containsExactly(new SecretName("local/c"));
    assertThat(supply.list("other/", "", 9)).isEmpty();
  }

  @Test
  void anUndeclaredSecretThatNobodyHoldsIsReadNoMore() {
    remote.with("one", "x");
    assertThat(current.read(UNDECLARED).state().backendVersion()).isEqualTo("1");
    faulty.goDown();
    time.advance(Duration.ofHours(3));
    int after = faulty.calls();
    time.advance(Duration.ofHours(3));
    assertThat(faulty.calls()).isEqualTo(after);
  }
}
