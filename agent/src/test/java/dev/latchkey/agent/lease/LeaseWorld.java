package dev.latchkey.agent.lease;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.consumer.DurableHolders;
import dev.latchkey.agent.consumer.InMemoryHolderStore;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.supply.BackendSupply;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** An agent's ledger with everything around it, in memory; {@link #restart} is a new process. */
final class LeaseWorld {

  static final SecretName ORDERS = new SecretName("orders-db");

  final FakeTime time = new FakeTime();
  final LeasingBackend backend = new LeasingBackend(time);
  final InMemoryLeaseStore store = new InMemoryLeaseStore();
  final InMemoryTransactions transactions = new InMemoryTransactions();
  final NamedTokens tokens = new NamedTokens();
  final List<AgentEvent> events = new ArrayList<>();
  final SilentAudit audit = new SilentAudit();
  private final InMemoryVersionStore versions = new InMemoryVersionStore();
  private final InMemoryHolderStore holding = new InMemoryHolderStore();
  private DeclaredCatalog catalog;
  private long seed;

  /** What the configuration calls the backend. */
  String renamed = "vault";

  DurableHolders holders;
  CaffeineCurrent current;
  LeaseLedger ledger;
  BackendSupply supply;

  LeaseWorld(LeaseDeclaration lease, long seed) {
    this(List.of(declaration(ORDERS, lease)), seed);
  }

  LeaseWorld(List<Declaration> declarations, long seed) {
    this.seed = seed;
    this.backend.tokens = tokens;
    this.catalog = catalog(declarations);
    build();
  }

  private static DeclaredCatalog catalog(List<Declaration> declarations) {
    return new DeclaredCatalog(declarations, List.of(), List.of(), Set.of());
  }

  static Declaration declaration(SecretName name, LeaseDeclaration lease) {
    return declaration(name, "creds/" + name, lease);
  }

  static Declaration declaration(SecretName name, String path, LeaseDeclaration lease) {
    return new Declaration(
        name,
        "vault",
        path,
        "database",
        true,
        Duration.ofHours(8),
        Duration.ofHours(4),
        false,
        "",
        Optional.empty(),
        lease);
  }

  private void build() {
    SplittableRandom random = new SplittableRandom(seed++);
    holders = new DurableHolders(holding, transactions, new SecureRandom());
    current = new CaffeineCurrent(versions, transactions, audit, catalog, time, 64L << 20);
    ledger =
        new LeaseLedger(
            new LeaseContext(
                catalog,
                current,
                holders,
                audit,
                store,
                transactions,
                Map.of(renamed, backend),
                Map.of(renamed, tokens),
                time,
                time,
                random,
                Runnable::run,
                events::add));
    supply =
        new BackendSupply(
            current,
            catalog,
            Map.of(renamed, backend),
            ledger,
            (target, login) -> {},
            time,
            time,
            random,
            new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5)),
            events::add,
            Runnable::run);
  }

  LeaseWorld start() {
    holders.start();
    current.start(supply);
    ledger.start();
    supply.start();
    return this;
  }

  /** Ends the process without a word, and starts another on the same store. */
  void restart() {
    stop();
    build();
    start();
  }

  /** Ends the process without a word, and starts another with another configuration. */
  void restartWith(Declaration... declarations) {
    stop();
    catalog = catalog(List.of(declarations));
    build();
    start();
  }

  private void stop() {
    time.drop();
  }

  SecretState read() {
    return current.read(ORDERS).state();
  }

  /** A watcher is given what is current. */
  String deliver(Caller caller) {
    String subscription = holders.subscribe(caller, true);
    holders.deliver(
        ORDERS,
        read().id().version(),
        List.of(
            new dev.latchkey.agent.consumer.Holder(
                dev.latchkey.agent.consumer.Holder.Kind.WATCH, subscription, true)),
        caller);
    return subscription;
  }

  /** How each lease of a secret stands, and each open intent. */
  List<Lease.Stage> stages() {
    return ledger.list().stream().map(report -> report.lease().stage()).toList();
  }
}
