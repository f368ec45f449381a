package dev.latchkey.agent.wiring;

import dev.latchkey.agent.audit.ChainedAuditLog;
import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.store.sqlite.SqliteStore;
import dev.latchkey.agent.telemetry.Telemetry;
import dev.latchkey.agent.time.ClockWatch;
import dev.latchkey.agent.time.SystemTimers;
import java.util.concurrent.ExecutorService;

/**
 * What everything else stands on: threads, time, telemetry and the locked, open state store.
 *
 * @param threads runs each task on a virtual thread of its own
 */
record Foundation(
    ExecutorService threads,
    SystemTimers timers,
    ClockWatch clock,
    Telemetry telemetry,
    StateDirectory directory,
    SqliteStore store,
    ChainedAuditLog audit)
    implements AutoCloseable {

  void startAudit() {
    clock.start();
  }

  /** Closes in reverse order; the lock of the state directory goes last of all. */
  @Override
  public void close() {
    clock.close();
    timers.close();
    threads.shutdownNow();
    store.close();
    telemetry.close();
    directory.close();
  }
}
