package dev.latchkey.agent.wiring;

import dev.latchkey.agent.audit.ChainedAuditLog;
import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.store.sqlite.SqliteStore;
import dev.latchkey.agent.telemetry.Telemetry;
import dev.latchkey.agent.time.ClockWatch;
import dev.latchkey.agent.time.SystemTimers;
import dev.latchkey.agent.time.TimeSource;
import io.opentelemetry.context.Context;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What everything else stands on: threads, time, telemetry and the locked, open state store.
 *
 * @param threads runs each task on a virtual thread of its own
 * @param made what {@link #close} closes: the lock of the state directory last of all
 */
record Foundation(
    TimeSource time,
    SecureRandom random,
    ExecutorService threads,
    SystemTimers timers,
    ClockWatch clock,
    Telemetry telemetry,
    SqliteStore store,
    ChainedAuditLog audit,
    Made made)
    implements AutoCloseable {

  /** Makes it; whatever throws, what was made before is closed. */
  static Foundation open(AgentConfig config) {
    Made made = new Made();
    boolean done = false;
    try {
      Foundation foundation = open(config, made);
      done = true;
      return foundation;
    } finally {
      if (!done) {
        made.close();
      }
    }
  }

  private static Foundation open(AgentConfig config, Made made) {
    TimeSource time = TimeSource.system();
    SecureRandom random = new SecureRandom();
    StateDirectory directory =
        made.add("state directory", StateDirectory.open(config.agent().stateDir()));
    Telemetry telemetry = made.add("telemetry", telemetry(config.telemetry()));
    SqliteStore store =
        made.add(
            "state store", SqliteStore.open(directory, Configuration.stateKey(config), random));
    ExecutorService threads =
        Context.taskWrapping(
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("latchkey-", 0).factory()));
    made.add("threads", threads::shutdownNow);
    SystemTimers timers = made.add("timers", new SystemTimers(threads));
    ClockWatch clock = made.add("clock", new ClockWatch(time, timers));
    ChainedAuditLog audit = audit(config.audit(), store, time, timers);
    return new Foundation(time, random, threads, timers, clock, telemetry, store, audit, made);
  }

  private static Telemetry telemetry(AgentConfig.TelemetrySettings settings) {
    return Telemetry.start(
        settings.traces() ? settings.otlpEndpoint().orElse("") : "",
        settings.sampleRatio(),
        Version.TEXT);
  }

  private static ChainedAuditLog audit(
      AgentConfig.AuditSettings settings, SqliteStore store, TimeSource time, SystemTimers timers) {
    return new ChainedAuditLog(
        store,
        store.audit(),
        store.sealer(),
        store.auditKey(),
        time,
        timers,
        settings.serveWhenFull() ? ChainedAuditLog.WhenFull.SERVE : ChainedAuditLog.WhenFull.DENY,
        settings.queue());
  }

  void startAudit() {
    clock.start();
  }

  /** Closes in reverse order, once. */
  @Override
  public void close() {
    made.close();
  }
}
