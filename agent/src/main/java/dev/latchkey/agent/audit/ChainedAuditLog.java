package dev.latchkey.agent.audit;

import dev.latchkey.agent.crypto.Authenticator;
import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The audit as a chain of keyed digests with a sealed head.
 *
 * <p>A change is written in its own transaction. Decisions go through one bounded queue; a writer
 * that a timer starts 100 ms after the first of them chains and writes all there are, in one
 * transaction, and comes again while any are left or somebody follows. A crash loses the decisions
 * of the last 100 ms and the counts of repeats of the last second; changes never. What cannot be
 * written is kept and tried again; the queue then fills up to its bound.
 *
 * <p>The chain grows by at most two records a second for each process, secret, version and outcome,
 * about 250 bytes each, and is never cut.
 */
public final class ChainedAuditLog implements AuditLog, Health, AutoCloseable {

  private static final Duration GROUP = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final String COMPONENT = "audit";

  private final Transaction.Runner transactions;
  private final AuditStore store;
  private final AuditWriter writer;
  private final AuditVerifier verifier;
  private final AuditFollowers followers;
  private final TimeSource time;
  private final Timers timers;
  private final WhenFull whenFull;

  private final BlockingQueue<AuditRecord> queue;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicLong dropped = new AtomicLong();
  private volatile boolean failing;
  private volatile boolean closed;

  // Guarded by writing: the writer's own.
  private final Object writing = new Object();
  private final Repeats repeats = new Repeats();
  private List<Repeats.Counted> unwritten = new ArrayList<>();

  /**
   * Makes a log over {@code store}.
   *
   * @param auditKey the key of the chain
   * @param capacity how many decisions may wait to be written
   */
  public ChainedAuditLog(
      Transaction.Runner transactions,
      AuditStore store,
      Sealer sealer,
      Authenticator auditKey,
      TimeSource time,
      Timers timers,
      WhenFull whenFull,
      int capacity) {
    this.transactions = transactions;
    this.store = store;
    this.writer = new AuditWriter(store, sealer, auditKey);
    this.verifier = new AuditVerifier(store, sealer, auditKey);
    this.followers = new AuditFollowers(this::after);
    this.time = time;
    this.timers = timers;
    this.whenFull = whenFull;
    this.queue = new ArrayBlockingQueue<>(capacity);
  }

  @Override
  public void change(Transaction transaction, AuditRecord record) {
    if (queue.remainingCapacity() == 0) {
      throw full();
    }
    writer.append(transaction, List.of(new Repeats.Counted(record, 1)));
  }

  @Override
  public void access(AuditRecord record) {
    if (closed || !queue.offer(record)) {
      switch (whenFull) {
        case DENY -> throw full();
        case SERVE -> dropped.incrementAndGet();
      }
    }
    schedule(GROUP);
  }

  @Override
  public List<AuditEntry> read(long fromSequence, int limit) {
    return transactions.call(
        transaction -> {
          long from =
              fromSequence > 0
                  ? fromSequence
                  : Math.max(1, writer.head(transaction).count() - limit + 1);
          List<AuditEntry> entries = new ArrayList<>();
          store.read(
              transaction, from, limit, link -> entries.add(AuditCodec.decode(link.record())));
          return entries;
        });
  }

  @Override
  public AutoCloseable follow(Consumer<AuditEntry> reader) {
    long count = transactions.call(transaction -> writer.head(transaction).count());
    AutoCloseable following = followers.add(reader, count);
    schedule(GROUP);
    return following;
  }

  @Override
  public AuditVerification verify() {
    return transactions.call(verifier::verify);
  }

  @Override
  public ComponentHealth health() {
    if (queue.remainingCapacity() == 0) {
      return ComponentHealth.unhealthy(
          COMPONENT,
          "the audit queue is full: changes are refused; free space for the state store");
    }
    return failing
        ? ComponentHealth.degraded(
            COMPONENT, "the audit cannot be written and waits in memory; free space for the store")
        : ComponentHealth.healthy(COMPONENT);
  }

  /** Writes what waits, counts of repeats included. Blocks; nothing is taken afterwards. */
  @Override
  public void close() {
    closed = true;
    synchronized (writing) {
      if (writeUnwritten()) {
        drain();
      }
      unwritten.addAll(repeats.endAll());
      writeUnwritten();
    }
  }

  /** The writer's turn: takes what waits, ends what is over, writes, and comes again if needed. */
  private void turn() {
    scheduled.set(false);
    if (closed) {
      return;
    }
    boolean written;
    boolean left;
    synchronized (writing) {
      drain();
      repeats.end(time.now(), unwritten);
      written = writeUnwritten();
      left = !repeats.isEmpty();
    }
    if (written) {
      followers.tell();
    }
    if (!written) {
      schedule(RETRY);
    } else if (left || followers.any() || !queue.isEmpty()) {
      schedule(GROUP);
    }
  }

  /** Moves the queue on, unless what was taken before could not be written yet. */
  private void drain() {
    if (!unwritten.isEmpty()) {
      return;
    }
    List<AuditRecord> taken = new ArrayList<>();
    queue.drainTo(taken);
    taken.forEach(record -> repeats.take(record, unwritten));
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      unwritten.add(new Repeats.Counted(lostRecord(), lost));
    }
  }

  private AuditRecord lostRecord() {
    return new AuditRecord(
        time.now(),
        "agent",
        "audit.lost",
        "",
        0,
        AuditRecord.Outcome.FAILED,
        "decisions that the full queue could not take",
        "");
  }

  private boolean writeUnwritten() {
    if (unwritten.isEmpty()) {
      failing = false;
      return true;
    }
    List<Repeats.Counted> group = List.copyOf(unwritten);
    try {
      transactions.run(transaction -> writer.append(transaction, group));
      unwritten = new ArrayList<>();
      failing = false;
      return true;
    } catch (SecretException notNow) {
      // Kept, shown by health(), and tried again; nobody waits for this answer.
      failing = true;
      return false;
    }
  }

  private List<AuditEntry> after(long sequence) {
    return read(sequence + 1, AuditFollowers.PAGE);
  }

  private void schedule(Duration delay) {
    if (!closed && scheduled.compareAndSet(false, true)) {
      timers.schedule(delay, this::turn);
    }
  }

  private static SecretException full() {
    return SecretException.retryable(
        Reason.LIMIT_EXCEEDED,
        "the audit cannot take more: its queue is full; try again, and if it lasts see that the"
            + " state store can be written",
        RETRY);
  }

  /** What becomes of reads when the queue is full. Changes are refused in any case. */
  public enum WhenFull {
    /** They are refused. */
    DENY,
    /** They are served, and how many went unrecorded is written later. */
    SERVE
  }
}
