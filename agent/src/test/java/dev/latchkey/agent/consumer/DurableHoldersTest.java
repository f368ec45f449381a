package dev.latchkey.agent.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.InMemoryTransactions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DurableHoldersTest {

  private static final SecretName SECRET = new SecretName("orders-db");
  private static final Caller APP = new Caller(1000, 1000, 1, Optional.empty());
  private static final Caller OTHER = new Caller(1001, 1000, 2, Optional.empty());

  private final InMemoryHolderStore store = new InMemoryHolderStore();
  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private DurableHolders holders = holders();

  private DurableHolders holders() {
    return new DurableHolders(store, transactions, new SecureRandom());
  }

  @BeforeEach
  void start() {
    holders.start();
  }

  private static Holder watch(String id) {
    return new Holder(Holder.Kind.WATCH, id, true);
  }

  private static Holder read() {
    return new Holder(Holder.Kind.READ, "read:uid 1000 gid 1000", false);
  }

  private void deliver(long version, Holder... to) {
    holders.deliver(SECRET, version, List.of(to), APP);
  }

  @Test
  void aDeliveryIsKeptBeforeItReturnsAndLaterOnesAreHits() {
    assertThat(holders.isKept(read(), SECRET, 1)).isFalse();
    deliver(1, read());
    assertThat(transactions.call(store::all)).hasSize(1);
    assertThat(holders.isKept(read(), SECRET, 1)).isTrue();
    assertThat(holders.isKept(read(), SECRET, 2)).isFalse();
    int before = transactions.count();
    deliver(1, read());
    assertThat(transactions.count()).isEqualTo(before);
  }

  @Test
  void aDeliveryThatCannotBeKeptIsNotAHolder() {
    transactions.fail(SecretException.of(Reason.UNAVAILABLE, "disk full"));
    assertThatThrownBy(() -> deliver(1, read())).hasMessage("disk full");
    assertThat(holders.isKept(read(), SECRET, 1)).isFalse();
  }

  @Test
  void theHoldersOfOnePublishShareATransaction() {
    int before = transactions.count();
    deliver(1, watch("a"), watch("b"), watch("c"));
    assertThat(transactions.count()).isEqualTo(before + 1);
  }

  @Test
  void deliveriesMadeMeanwhileShareTheNextTransaction() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch queued = new CountDownLatch(1);
    List<Integer> sizes = new ArrayList<>();
    GroupCommit commits =
        new GroupCommit(
            holdings -> {
              sizes.add(holdings.size());
              first.countDown();
              await(queued);
            });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      all.add(threads.submit(() -> commits.commit(List.of(holding(0)))));
      first.await();
      for (int i = 1; i <= 20; i++) {
        long version = i;
        all.add(threads.submit(() -> commits.commit(List.of(holding(version)))));
      }
      Awaitility.await().until(() -> commits.queued() == 20);
      queued.countDown();
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertThat(sizes).containsExactly(1, 20);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Holding holding(long version) {
    return new Holding(watch("a"), SECRET, version, 0, "uid 1000 gid 1000");
  }

  @Test
  void aSubscriptionIdIsUnguessableAndNeverTheSame() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      ids.add(holders.subscribe(APP, true));
    }
    assertThat(ids).hasSize(100).allSatisfy(id -> assertThat(id).hasSize(43));
  }

  @Test
  void retirementWaitsForEveryHolderOfAnOlderVersion() {
    String one = holders.subscribe(APP, true);
    String two = holders.subscribe(APP, true);
    deliver(1, watch(one), watch(two));
    deliver(2, watch(one), watch(two));
    assertThat(holders.allAcknowledged(SECRET, 2)).isFalse();
    holders.acknowledge(APP, one, SECRET, 2);
    assertThat(holders.allAcknowledged(SECRET, 2)).isFalse();
    holders.acknowledge(APP, two, SECRET, 2);
    assertThat(holders.allAcknowledged(SECRET, 2)).isTrue();
  }

  @Test
  void whoWasNeverSentAnythingOlderDelaysNoRetirement() {
    deliver(2, read());
    assertThat(holders.allAcknowledged(SECRET, 2)).isTrue();
    deliver(3, read());
    assertThat(holders.allAcknowledged(SECRET, 3)).isFalse();
  }

  @Test
  void aHolderThatCannotAcknowledgeKeepsTheFullOverlapUntilRetirement() {
    deliver(1, read());
    assertThat(holders.allAcknowledged(SECRET, 2)).isFalse();
    holders.retire(SECRET, 2);
    assertThat(holders.of(SECRET)).isEmpty();
    assertThat(holders.allAcknowledged(SECRET, 2)).isTrue();
  }

  @Test
  void acknowledgingIsIdempotentAndNeverGoesBack() {
    String id = holders.subscribe(APP, true);
    deliver(1, watch(id));
    deliver(3, watch(id));
    List<SecretName> told = new ArrayList<>();
    var _ = holders.onAcknowledgement(told::add);
    holders.acknowledge(APP, id, SECRET, 3);
    holders.acknowledge(APP, id, SECRET, 3);
    holders.acknowledge(APP, id, SECRET, 1);
    assertThat(told).containsExactly(SECRET);
    assertThat(holders.of(SECRET)).singleElement().extracting(Holding::acknowledged).isEqualTo(3L);
  }

  @Test
  void nobodyAcknowledgesWhatItWasNotSent() {
    String id = holders.subscribe(APP, true);
    deliver(1, watch(id));
    holders.acknowledge(APP, id, SECRET, 1_000_000);
    deliver(2, watch(id));
    assertThat(holders.allAcknowledged(SECRET, 2)).isFalse();
  }

  @Test
  void anOlderVersionThatIsDeliveredLateIsKeptAndDelaysItsRetirement() {
    String id = holders.subscribe(APP, true);
    deliver(2, watch(id), read());
    assertThat(holders.allAcknowledged(SECRET, 2)).isTrue();
    assertThat(holders.isKept(read(), SECRET, 1)).isFalse();
    deliver(1, watch(id), read());
    assertThat(holders.allAcknowledged(SECRET, 2)).isFalse();
    assertThat(holders.isKept(read(), SECRET, 1)).isTrue();
    assertThat(holders.isKept(read(), SECRET, 2)).isTrue();
    List<Holding> before = holders.of(SECRET);
    holders = holders();
    holders.start();
    assertThat(holders.of(SECRET)).containsExactlyInAnyOrderElementsOf(before);
    assertThat(holders.allAcknowledged(SECRET, 2)).isFalse();
  }

  @Test
  void anOlderSubscriptionOfAReconnectedWatcherDelaysNoRetirement() {
    String before = holders.subscribe(APP, true);
    deliver(1, watch(before));
    String now = holders.subscribe(APP, true);
    deliver(2, watch(now));
    holders.acknowledge(APP, now, SECRET, 2);
    assertThat(holders.allAcknowledged(SECRET, 2)).isFalse();
    holders.acknowledge(APP, before, SECRET, 2);
    assertThat(holders.allAcknowledged(SECRET, 2)).isTrue();
    assertThat(holders.allAcknowledged(SECRET, 3)).isFalse();
    holders.acknowledge(APP, before, SECRET, 9);
    assertThat(holders.of(SECRET)).allMatch(holding -> holding.acknowledged() == 2);
  }

  @Test
  void anAcknowledgementOfAnotherCallerIsRefusedTheSameAsAnUnknownOne() {
    String id = holders.subscribe(APP, true);
    assertThatThrownBy(() -> holders.acknowledge(OTHER, id, SECRET, 1))
        .isInstanceOfSatisfying(
            SecretException.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.DENIED))
        .satisfies(
            other ->
                assertThatThrownBy(() -> holders.acknowledge(APP, "guess", SECRET, 1))
                    .hasMessage(other.getMessage()));
  }

  @Test
  void holdersSurviveARestart() {
    String id = holders.subscribe(APP, true);
    deliver(1, watch(id), read());
    deliver(2, watch(id));
    holders.acknowledge(APP, id, SECRET, 2);
    List<Holding> before = holders.of(SECRET);
    holders = holders();
    holders.start();
    assertThat(holders.of(SECRET)).containsExactlyInAnyOrderElementsOf(before);
    assertThat(holders.isKept(read(), SECRET, 1)).isTrue();
    holders.acknowledge(APP, id, SECRET, 2);
  }
}
