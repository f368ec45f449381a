package dev.latchkey.agent.lease;

import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Everything that the ledger works with.
 *
 * @param backends the configured backends by name
 * @param tokens the agent's own token for each backend that takes one, by the backend's name
 * @param random of ids and jitter; safe for use by several threads
 * @param executor runs each task on a virtual thread of its own
 * @param calls of this process that may bring a lease
 */
public record LeaseContext(
    Catalog catalog,
    Current current,
    Holders holders,
    AuditLog audit,
    LeaseStore store,
    Transaction.Runner transactions,
    Map<String, Backend> backends,
    Map<String, Tokens> tokens,
    TimeSource time,
    Timers timers,
    RandomGenerator random,
    Executor executor,
    EventSink events,
    CallsUnderWay calls) {

  /** A context before any call was made. */
  public LeaseContext(
      Catalog catalog,
      Current current,
      Holders holders,
      AuditLog audit,
      LeaseStore store,
      Transaction.Runner transactions,
      Map<String, Backend> backends,
      Map<String, Tokens> tokens,
      TimeSource time,
      Timers timers,
      RandomGenerator random,
      Executor executor,
      EventSink events) {
    this(
        catalog,
        current,
        holders,
        audit,
        store,
        transactions,
        backends,
        tokens,
        time,
        timers,
        random,
        executor,
        events,
        new CallsUnderWay(time));
  }

  public LeaseContext {
    backends = Map.copyOf(backends);
    tokens = Map.copyOf(tokens);
  }

  /** The backend of this name, when it is one that grants leases. */
  Optional<Leasing> leasing(String backend) {
    return backends.get(backend) instanceof Leasing leasing
        ? Optional.of(leasing)
        : Optional.empty();
  }

  /**
   * The backend that granted {@code lease}.
   *
   * @throws SecretException UNSUPPORTED when it is configured as another kind by now
   */
  Leasing leasing(Lease lease) {
    return leasing(lease.backend())
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.UNSUPPORTED,
                    "the backend \"" + lease.backend() + "\" grants no leases"));
  }

  /** How the leases of {@code secret} are kept. */
  LeaseDeclaration terms(SecretName secret) {
    return catalog.find(secret).map(Declaration::lease).orElse(LeaseDeclaration.DEFAULT);
  }
}
