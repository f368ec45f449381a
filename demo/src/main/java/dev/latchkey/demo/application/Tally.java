package dev.latchkey.demo.application;

import dev.latchkey.demo.report.ApplicationEvent;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Counts what the workers did, and tells of every session seen for the first time and of every
 * failure. Safe for use by several threads.
 *
 * <p>A session is known by its server process and its login role; a number that the server gives to
 * the same role again would be overlooked, so the logins told are never too many.
 */
final class Tally {

  private static final String ABSENT = "none";

  private final Consumer<ApplicationEvent> events;
  private final Map<Integer, String> users = new ConcurrentHashMap<>();
  private final LongAdder queries = new LongAdder();
  private final LongAdder transactions = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder transfers = new LongAdder();

  Tally(Consumer<ApplicationEvent> events) {
    this.events = events;
  }

  /** A transaction went well that took its connection at {@code takenAt}. */
  void done(Instant takenAt, Transaction.Done done) {
    queries.add(done.queries());
    transactions.increment();
    transfers.add(done.transfers());
    Transaction.Session session = done.session();
    if (!session.user().equals(users.put(session.pid(), session.user()))) {
      events.accept(new ApplicationEvent.Login(takenAt, session.user(), session.pid()));
    }
  }

  /** A transaction failed, or got no connection. */
  void failed(Instant at, Throwable failure) {
    failed.increment();
    events.accept(
        new ApplicationEvent.Failure(at, sqlState(failure), failure.getClass().getSimpleName()));
  }

  ApplicationEvent.Progress progress() {
    return new ApplicationEvent.Progress(queries.sum(), transactions.sum(), failed.sum());
  }

  ApplicationEvent.Finished finished(Ledger.Audit audit) {
    return new ApplicationEvent.Finished(
        queries.sum(), transactions.sum(), failed.sum(), audit.balanced(), audit.words());
  }

  long transfers() {
    return transfers.sum();
  }

  /** The SQLSTATE of the deepest cause that has one: a pool wraps what the server said. */
  private static String sqlState(Throwable failure) {
    String below = Optional.ofNullable(failure.getCause()).map(Tally::sqlState).orElse(ABSENT);
    if (!below.equals(ABSENT)) {
      return below;
    }
    return failure instanceof SQLException sql
        ? Optional.ofNullable(sql.getSQLState()).orElse(ABSENT)
        : ABSENT;
  }
}
