package dev.latchkey.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.audit.AuditRecord.Outcome;
import dev.latchkey.agent.crypto.Authenticator;
import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.crypto.TinkAuthenticator;
import dev.latchkey.agent.crypto.TinkSealer;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ChainedAuditLogTest {

  private static final Duration GROUP = Duration.ofMillis(100);

  private final FakeTime time = new FakeTime();
  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryAuditStore store = new InMemoryAuditStore();
  private final Sealer sealer = new TinkSealer(StateKey.of(SecretValue.of(new byte[32])));
  private final Authenticator key = TinkAuthenticator.of(SecretValue.of(new byte[32]));
  private ChainedAuditLog log = log(ChainedAuditLog.WhenFull.DENY, 1000);

  private ChainedAuditLog log(ChainedAuditLog.WhenFull whenFull, int capacity) {
    transactions.run(new AuditWriter(store, sealer, key)::begin);
    return new ChainedAuditLog(transactions, store, sealer, key, time, time, whenFull, capacity);
  }

  private AuditRecord read(String secret) {
    return new AuditRecord(
        time.now(), "uid 1000 gid 1000 pid 1", "get", secret, 1, Outcome.GRANTED, "", "");
  }

  private AuditRecord change(String secret) {
    return new AuditRecord(time.now(), "agent", "put", secret, 1, Outcome.DONE, "", "");
  }

  private void put(String secret) {
    transactions.run(transaction -> log.change(transaction, change(secret)));
  }

  private List<String> written() {
    return log.read(1, 1000).stream()
        .map(entry -> entry.record().secret() + "*" + entry.count())
        .toList();
  }

  @Test
  void aChangeIsWrittenInItsOwnTransaction() {
    put("a");
    assertThat(written()).containsExactly("a*1");
    assertThat(log.verify()).isEqualTo(new AuditVerification.Intact(1));
  }

  @Test
  void readsAreWrittenWithinAHundredMilliseconds() {
    log.access(read("a"));
    log.access(read("b"));
    assertThat(written()).isEmpty();
    time.advance(GROUP);
    assertThat(written()).containsExactly("a*1", "b*1");
  }

  @Test
  void repeatsOfOneSecondBecomeOneRecordWithTheirCount() {
    for (int i = 0; i < 9; i++) {
      log.access(read("a"));
      time.advance(GROUP);
    }
    assertThat(written()).containsExactly("a*1");
    time.advance(GROUP.multipliedBy(3));
    assertThat(written()).containsExactly("a*1", "a*8");
    log.access(read("a"));
    time.advance(GROUP);
    assertThat(written()).containsExactly("a*1", "a*8", "a*1");
  }

  @Test
  void differentProcessesVersionsAndOutcomesAreNoRepeats() {
    AuditRecord first = read("a");
    log.access(first);
    log.access(
        new AuditRecord(
            first.at(), "uid 1000 gid 1000 pid 2", "get", "a", 1, Outcome.GRANTED, "", ""));
    log.access(new AuditRecord(first.at(), first.actor(), "get", "a", 2, Outcome.GRANTED, "", ""));
    log.access(new AuditRecord(first.at(), first.actor(), "get", "a", 1, Outcome.DENIED, "", ""));
    time.advance(GROUP);
    assertThat(written()).containsExactly("a*1", "a*1", "a*1", "a*1");
  }

  @Test
  void nothingIsLostWhileTheStoreCannotBeWritten() {
    log.access(read("a"));
    transactions.fail(SecretException.of(Reason.UNAVAILABLE, "the disk is full"));
    time.advance(GROUP);
    assertThat(log.health().level()).isEqualTo(ComponentHealth.Level.DEGRADED);
    log.access(read("b"));
    time.advance(Duration.ofSeconds(2));
    transactions.heal();
    time.advance(Duration.ofSeconds(3));
    assertThat(written()).containsExactly("a*1", "b*1");
    assertThat(log.health().level()).isEqualTo(ComponentHealth.Level.HEALTHY);
    assertThat(log.verify()).isEqualTo(new AuditVerification.Intact(2));
  }

  @Test
  void aFullQueueRefusesChangesAndByDefaultReads() {
    log = log(ChainedAuditLog.WhenFull.DENY, 2);
    log.access(read("a"));
    log.access(read("b"));
    assertThatThrownBy(() -> log.access(read("c"))).satisfies(ChainedAuditLogTest::isFull);
    assertThatThrownBy(() -> put("d")).satisfies(ChainedAuditLogTest::isFull);
    assertThat(log.health().level()).isEqualTo(ComponentHealth.Level.UNHEALTHY);
    time.advance(GROUP);
    put("d");
    assertThat(written()).containsExactly("a*1", "b*1", "d*1");
  }

  private static void isFull(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            SecretException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
              assertThat(e.retryDelay()).isPresent();
            });
  }

  @Test
  void aFullQueueMayServeReadsAndSaysLaterHowManyWereLost() {
    log = log(ChainedAuditLog.WhenFull.SERVE, 1);
    log.access(read("a"));
    log.access(read("b"));
    log.access(read("c"));
    assertThatThrownBy(() -> put("d")).satisfies(ChainedAuditLogTest::isFull);
    time.advance(GROUP);
    assertThat(log.read(1, 10))
        .extracting(entry -> entry.record().operation() + "*" + entry.count())
        .containsExactly("get*1", "audit.lost*2");
  }

  @Test
  void closingWritesWhatWaitsAndTheCountsOfRepeats() {
    log.access(read("a"));
    log.access(read("a"));
    log.access(read("a"));
    log.close();
    assertThat(written()).containsExactly("a*1", "a*2");
    assertThatThrownBy(() -> log.access(read("b"))).isInstanceOf(SecretException.class);
  }

  @Test
  void theNewestAreReadWhenNoPlaceIsNamed() {
    for (String name : List.of("a", "b", "c")) {
      put(name);
    }
    assertThat(log.read(0, 2)).extracting(AuditEntry::sequence).containsExactly(2L, 3L);
  }

  @Test
  void aFollowerIsToldOfEachEntryOnceInOrderUntilItCloses() throws Exception {
    put("before");
    List<String> told = new ArrayList<>();
    AutoCloseable following = log.follow(entry -> told.add(entry.record().secret()));
    put("a");
    log.access(read("b"));
    time.advance(GROUP);
    put("c");
    time.advance(GROUP);
    assertThat(told).containsExactly("a", "b", "c");
    following.close();
    put("d");
    time.advance(Duration.ofSeconds(2));
    assertThat(told).containsExactly("a", "b", "c");
    assertThat(time.pending()).isZero();
  }

  @Test
  void aCallersLongNamesAreCut() {
    log.access(
        new AuditRecord(
            time.now(), "uid 1", "get", "n".repeat(5000), 0, Outcome.DENIED, "d".repeat(5000), ""));
    time.advance(GROUP);
    AuditRecord record = log.read(1, 1).getFirst().record();
    assertThat(record.secret()).hasSize(255);
    assertThat(record.detail()).hasSize(1024);
  }

  @Test
  void anIdleLogWaitsForNothing() {
    log.access(read("a"));
    time.advance(Duration.ofSeconds(5));
    assertThat(time.pending()).isZero();
  }

  @Test
  void whatWasRemovedReorderedTruncatedOrEditedIsNamed() {
    for (int i = 1; i <= 6; i++) {
      put("s" + i);
    }
    assertThat(afterwards(() -> store.rows.remove(3L))).isEqualTo(broken(5, 3, "removed"));
    assertThat(afterwards(() -> store.rows.tailMap(5L, true).clear()))
        .isEqualTo(broken(4, 5, "truncated"));
    assertThat(afterwards(() -> store.rows.clear())).isEqualTo(broken(0, 1, "truncated"));
    assertThat(afterwards(() -> swap(2, 4))).isEqualTo(broken(6, 2, "reordered"));
    assertThat(afterwards(this::removeAndRenumber)).isEqualTo(broken(5, 3, "removed"));
    assertThat(afterwards(() -> store.sealedHead = null)).isEqualTo(broken(6, 6, "removed"));
    assertThat(afterwards(() -> store.sealedHead = new byte[40])).isEqualTo(broken(6, 6, "edited"));
  }

  private static AuditVerification broken(long records, long sequence, String problem) {
    return new AuditVerification.Broken(records, sequence, problem);
  }

  /** What a verification finds after {@code tampering}, which is undone again. */
  private AuditVerification afterwards(Runnable tampering) {
    var rows = List.copyOf(store.rows.values());
    byte[] head = store.sealedHead;
    tampering.run();
    AuditVerification found = log.verify();
    store.rows.clear();
    rows.forEach(link -> store.rows.put(link.sequence(), link));
    store.sealedHead = head;
    return found;
  }

  private AuditStore.Link row(long sequence) {
    return Objects.requireNonNull(store.rows.get(sequence));
  }

  private void place(long sequence, AuditStore.Link link) {
    store.rows.put(sequence, new AuditStore.Link(sequence, link.record(), link.tag(), link.mac()));
  }

  private void swap(long one, long other) {
    AuditStore.Link kept = row(one);
    place(one, row(other));
    place(other, kept);
  }

  private void removeAndRenumber() {
    for (long sequence = 3; sequence < 6; sequence++) {
      place(sequence, row(sequence + 1));
    }
    store.rows.remove(6L);
  }
}
