package dev.latchkey.agent.rotation;

import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.target.Target;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * Everything that rotation works with.
 *
 * @param backends the configured backends by name
 * @param targets the configured targets by name
 * @param random the source of passwords, rotation ids and jitter
 * @param executor runs each task on a virtual thread of its own
 * @param steps sees each moment of each step
 * @param inTrace makes of a task one that, wherever it runs, goes on in the trace of whoever asked
 */
public record RotationContext(
    Catalog catalog,
    Current current,
    Holders holders,
    AuditLog audit,
    RotationStore store,
    Transaction.Runner transactions,
    Map<String, Backend> backends,
    Map<String, Target> targets,
    TimeSource time,
    Timers timers,
    SecureRandom random,
    Executor executor,
    EventSink events,
    StepListener steps,
    UnaryOperator<Runnable> inTrace) {

  public RotationContext {
    backends = Map.copyOf(backends);
    targets = Map.copyOf(targets);
  }
}
