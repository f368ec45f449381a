package dev.latchkey.agent.wiring;

import dev.latchkey.agent.audit.ChainedAuditLog;
import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.store.sqlite.SqliteStore;
import dev.latchkey.agent.telemetry.Telemetry;
import dev.latchkey.agent.time.ClockWatch;
import dev.latchkey.agent.time.SystemTimers;
import dev.latchkey.agent.time.TimeSource;
import io.micronaut.context.annotation.Factory;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Makes the foundation. */
@Factory
final class FoundationFactory {

  @Singleton
  TimeSource time() {
    return TimeSource.system();
  }

  @Singleton
  SecureRandom random() {
    return new SecureRandom();
  }

  @Singleton
  Foundation foundation(AgentConfig config, TimeSource time, SecureRandom random) {
    StateDirectory directory = StateDirectory.open(config.agent().stateDir());
    SqliteStore store = SqliteStore.open(directory, Configuration.stateKey(config), random);
    ExecutorService threads =
        Context.taskWrapping(
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("latchkey-", 0).factory()));
    SystemTimers timers = new SystemTimers(threads);
    AgentConfig.TelemetrySettings telemetry = config.telemetry();
    return new Foundation(
        threads,
        timers,
        new ClockWatch(time, timers),
        Telemetry.start(
            telemetry.traces() ? telemetry.otlpEndpoint().orElse("") : "",
            telemetry.sampleRatio(),
            Version.TEXT),
        directory,
        store,
        audit(config, store, time, timers));
  }

  private static ChainedAuditLog audit(
      AgentConfig config, SqliteStore store, TimeSource time, SystemTimers timers) {
    return new ChainedAuditLog(
        store,
        store.audit(),
        store.sealer(),
        store.auditKey(),
        time,
        timers,
        config.audit().serveWhenFull()
            ? ChainedAuditLog.WhenFull.SERVE
            : ChainedAuditLog.WhenFull.DENY,
        config.audit().queue());
  }
}
