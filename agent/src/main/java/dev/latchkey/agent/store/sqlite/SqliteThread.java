package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One platform thread with one connection, on which units of work run one after another. A platform
 * thread, because native calls would pin the carrier of a virtual one.
 */
final class SqliteThread implements Transaction.Runner, AutoCloseable {

  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("latchkey-store").factory());
  private final Connection connection;
  private final SqliteTransaction transaction;

  /** A thread of the one writer: each unit of work takes the write lock when it begins. */
  static SqliteThread writing(Supplier<Connection> open) {
    return new SqliteThread(open, "BEGIN IMMEDIATE");
  }

  /** A thread that only reads: each unit of work sees one state of the store. */
  static SqliteThread reading(Supplier<Connection> open) {
    return new SqliteThread(open, "BEGIN");
  }

  private SqliteThread(Supplier<Connection> open, String begin) {
    boolean opened = false;
    try {
      this.connection = onThread(open);
      this.transaction = onThread(() -> new SqliteTransaction(connection, begin));
      opened = true;
    } finally {
      if (!opened) {
        executor.close();
      }
    }
  }

  @Override
  public <T> T call(Function<Transaction, T> work) {
    if (transaction.isMine()) {
      throw new IllegalStateException("a unit of work begins no other");
    }
    return onThread(() -> perform(work));
  }

  private <T> T perform(Function<Transaction, T> work) {
    boolean kept = false;
    try {
      transaction.begin();
      T result = work.apply(transaction);
      transaction.commit();
      kept = true;
      return result;
    } catch (StoreFailure e) {
      throw e.toSecretException();
    } finally {
      if (!kept) {
        transaction.rollback();
      }
    }
  }

  /** Waits without heeding interruption: a commit that is under way is not given up. */
  private <T> T onThread(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, executor).join();
    } catch (RejectedExecutionException e) {
      throw SecretException.of(Reason.UNAVAILABLE, "the state store is closed", e);
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw e;
      }
    }
  }

  @Override
  public void close() {
    if (executor.isShutdown()) {
      return;
    }
    executor.execute(this::disconnect);
    executor.close();
  }

  private void disconnect() {
    try {
      connection.close();
    } catch (SQLException e) {
      // Every commit is on the disk already; the next opener finds the log and goes on.
      return;
    }
  }
}
