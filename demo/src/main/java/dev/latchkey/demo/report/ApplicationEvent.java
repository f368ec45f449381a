package dev.latchkey.demo.report;

import java.time.Instant;

/** What the application tells the demo, one line each. Holds no secret. */
public sealed interface ApplicationEvent {

  /** The pool is open and the load begins. */
  record Ready(Instant at) implements ApplicationEvent {}

  /**
   * A transaction ran in a session that had not been seen before.
   *
   * @param at when that transaction took its connection
   * @param user the session's login role, as the server told it
   * @param pid the server's process for that session
   */
  record Login(Instant at, String user, int pid) implements ApplicationEvent {}

  /**
   * A transaction failed.
   *
   * @param sqlState as the server or the driver gave it; {@code none} when there was none
   * @param type the class of the exception
   */
  record Failure(Instant at, String sqlState, String type) implements ApplicationEvent {}

  /** How far the load has come. */
  record Progress(long queries, long transactions, long failed) implements ApplicationEvent {}

  /**
   * The load has ended and the books were checked.
   *
   * @param balanced whether the ledger holds exactly what was committed, and every transfer sums to
   *     nothing
   * @param ledger what the check found, in words
   */
  record Finished(long queries, long transactions, long failed, boolean balanced, String ledger)
      implements ApplicationEvent {}
}
