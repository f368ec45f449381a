package dev.latchkey.agent.rpc;

import dev.latchkey.agent.audit.AuditEntry;
import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.v1.TailAuditRequest;
import dev.latchkey.v1.VerifyAuditRequest;
import dev.latchkey.v1.VerifyAuditResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** What an operator asks of the audit: tail and verify. Blocks; never on the event loop. */
final class OperatorAudit {

  private static final int USUAL_TAIL = 100;

  /** How many records a follower may lag behind before it is told to begin again. */
  private static final int LONGEST_LAG = 10_000;

  private final AuditLog audit;
  private final Set<StreamReply<?>> followed = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  OperatorAudit(AuditLog audit) {
    this.audit = audit;
  }

  VerifyAuditResponse verify(VerifyAuditRequest request, Reply<?> reply) {
    return switch (audit.verify()) {
      case AuditVerification.Intact intact ->
          VerifyAuditResponse.newBuilder().setIntact(true).setRecords(intact.records()).build();
      case AuditVerification.Broken broken ->
          VerifyAuditResponse.newBuilder()
              .setRecords(broken.records())
              .setBrokenSequence(broken.sequence())
              .setProblem(broken.problem())
              .build();
    };
  }

  void tail(TailAuditRequest request, StreamReply<dev.latchkey.v1.AuditEntry> reply) {
    int limit = OperatorSecrets.limit(request.getLimit(), USUAL_TAIL);
    if (request.getFollow()) {
      follow(request.getFromSequence(), limit, reply);
      return;
    }
    audit.read(request.getFromSequence(), limit).forEach(entry -> reply.send(message(entry)));
    reply.complete();
  }

  /**
   * Listens before it reads, so that nothing falls between, and drops what comes both ways by its
   * sequence.
   */
  private void follow(long from, int limit, StreamReply<dev.latchkey.v1.AuditEntry> reply) {
    Follower follower = new Follower(reply);
    AutoCloseable registration = audit.follow(follower::offer);
    reply.onReady(follower::ready);
    reply.onEnd(follower::stop);
    followed.add(reply);
    try {
      if (stopping) {
        throw Stopping.refusal();
      }
      audit.read(from, limit).forEach(follower::send);
      follower.run();
    } finally {
      followed.remove(reply);
      close(registration);
    }
  }

  /** Ends every follower so that it begins again at the next agent, and those that come later. */
  void stop() {
    stopping = true;
    List.copyOf(followed).forEach(reply -> reply.refuse(Stopping.refusal()));
  }

  private static void close(AutoCloseable registration) {
    try {
      registration.close();
    } catch (Exception failed) {
      throw SecretException.of(Reason.INTERNAL, "a listener could not be taken back", failed);
    }
  }

  private static dev.latchkey.v1.AuditEntry message(AuditEntry entry) {
    AuditRecord record = entry.record();
    return dev.latchkey.v1.AuditEntry.newBuilder()
        .setSequence(entry.sequence())
        .setAt(Wire.timestamp(record.at()))
        .setActor(record.actor())
        .setOperation(record.operation())
        .setSecret(record.secret())
        .setVersion(record.version())
        .setOutcome(record.outcome().name().toLowerCase(Locale.ROOT))
        .setDetail(record.detail())
        .setCount(entry.count())
        .setTraceId(record.traceId())
        .build();
  }

  /**
   * Passes new records from the audit's writer, which must not wait, to a stream that may be slow.
   */
  private static final class Follower {

    private final StreamReply<dev.latchkey.v1.AuditEntry> reply;
    private final LinkedBlockingQueue<AuditEntry> waiting = new LinkedBlockingQueue<>(LONGEST_LAG);
    private final Semaphore readiness = new Semaphore(0);
    private final AtomicBoolean lost = new AtomicBoolean();
    private final Thread worker = Thread.currentThread();
    private long lastSent;

    Follower(StreamReply<dev.latchkey.v1.AuditEntry> reply) {
      this.reply = reply;
    }

    void offer(AuditEntry entry) {
      if (!waiting.offer(entry) && lost.compareAndSet(false, true)) {
        worker.interrupt();
      }
    }

    void stop() {
      worker.interrupt();
    }

    void ready() {
      readiness.release();
    }

    /**
     * Waits until the client takes more, so that nothing piles up in memory but what the bound
     * allows.
     */
    private void awaitReady() throws InterruptedException {
      while (!reply.isReady() && !reply.isOver()) {
        readiness.acquire();
        readiness.drainPermits();
      }
    }

    void send(AuditEntry entry) {
      if (entry.sequence() > lastSent) {
        lastSent = entry.sequence();
        reply.send(message(entry));
      }
    }

    void run() {
      try {
        while (!reply.isOver() && !lost.get()) {
          awaitReady();
          send(waiting.take());
        }
      } catch (InterruptedException ended) {
        // Told to look again: the stream is over or this follower was too slow.
      }
      if (lost.get()) {
        reply.refuse(
            SecretException.of(
                Reason.LIMIT_EXCEEDED,
                "too slow to follow; begin again after sequence " + lastSent));
      }
    }
  }
}
