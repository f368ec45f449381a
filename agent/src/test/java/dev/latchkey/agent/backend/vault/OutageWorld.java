package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.Circuit;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.consumer.DurableHolders;
import dev.latchkey.agent.consumer.InMemoryHolderStore;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lease.InMemoryLeaseStore;
import dev.latchkey.agent.lease.Lease;
import dev.latchkey.agent.lease.LeaseContext;
import dev.latchkey.agent.lease.LeaseLedger;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.supply.BackendSupply;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.SystemTimers;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.testing.vault.FaultyProxy;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An agent's way from the timers to a real server, with a proxy before it and all else in memory.
 */
final class OutageWorld implements AutoCloseable {

  private final TimeSource time = TimeSource.system();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final SystemTimers timers = new SystemTimers(threads);
  private final SecureRandom random = new SecureRandom();
  private final FaultyProxy proxy;
  private final List<AgentEvent> events = new CopyOnWriteArrayList<>();
  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final DeclaredCatalog catalog;
  private final VaultHttp http;
  private final CaffeineCurrent current;
  private final LeaseLedger ledger;
  private final BackendSupply supply;

  /** Started, and reading what is declared. */
  OutageWorld(URI server, String token, List<Declaration> declarations) {
    proxy = new FaultyProxy(server);
    catalog = new DeclaredCatalog(declarations, List.of(), List.of(), Set.of());
    http = new VaultHttp("vault", servers(proxy.address()), time, this::circuit);
    current =
        new CaffeineCurrent(
            new InMemoryVersionStore(), transactions, new SilentAudit(), catalog, time, 64L << 20);
    DurableHolders holders = new DurableHolders(new InMemoryHolderStore(), transactions, random);
    FixedTokens tokens = new FixedTokens(token);
    Map<String, Backend> backends =
        Map.of("vault", new VaultBackend(http, tokens, VaultOptions.NONE, time));
    ledger =
        new LeaseLedger(
            new LeaseContext(
                catalog,
                current,
                holders,
                new SilentAudit(),
                new InMemoryLeaseStore(),
                transactions,
                backends,
                Map.of("vault", tokens),
                time,
                timers,
                random,
                threads,
                events::add));
    supply =
        new BackendSupply(
            current,
            catalog,
            backends,
            ledger,
            (target, login) -> {},
            time,
            timers,
            random,
            new Backoff(Duration.ofMillis(200), Duration.ofMinutes(1)),
            events::add,
            threads);
    http.circuit()
        .onReturn(
            () -> {
              ledger.retry();
              supply.retry("vault");
            });
    holders.start();
    current.start(supply);
    ledger.start();
    supply.start();
  }

  private static VaultServers servers(URI address) {
    return new VaultServers(
        List.of(address),
        "",
        VaultTls.SYSTEM,
        VaultServers.CONNECT_TIMEOUT,
        Duration.ofSeconds(1),
        VaultServers.MAX_ANSWER);
  }

  private Circuit circuit(Circuit.Probe probe) {
    return new Circuit("vault", Circuit.Limits.USUAL, probe, time, timers, random, events::add);
  }

  FaultyProxy proxy() {
    return proxy;
  }

  TimeSource time() {
    return time;
  }

  List<AgentEvent> events() {
    return events;
  }

  boolean isOpen() {
    return http.health().reason().contains("circuit is open");
  }

  /** What is declared and not held fresh, with what is the matter with it. */
  List<String> missing() {
    return catalog.declared().stream()
        .map(Declaration::name)
        .filter(name -> current.held(name).filter(now -> !now.stale()).isEmpty())
        .map(name -> name + ": " + current.reason(name))
        .toList();
  }

  /** How many probes the server, or the proxy in its place, has seen. */
  long probes() {
    return proxy.requestLines().stream().filter(line -> line.contains("sys/health")).count();
  }

  boolean serves(SecretName name, String value) {
    return current
        .held(name)
        .map(Held::state)
        .flatMap(state -> state.content().field("value"))
        .filter(SecretValue.ofText(value)::equals)
        .isPresent();
  }

  boolean isLeased() {
    return ledger.list().stream().anyMatch(report -> report.lease().stage() == Lease.Stage.HELD);
  }

  long openIntents() {
    return ledger.list().stream()
        .filter(report -> report.lease().stage() == Lease.Stage.INTENT)
        .count();
  }

  @Override
  public void close() throws Exception {
    supply.close();
    ledger.close();
    http.close();
    timers.close();
    threads.shutdownNow();
    threads.close();
    proxy.close();
  }
}
