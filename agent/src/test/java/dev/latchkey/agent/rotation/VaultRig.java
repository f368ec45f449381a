package dev.latchkey.agent.rotation;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.local.LocalBackend;
import dev.latchkey.agent.backend.vault.FixedTokens;
import dev.latchkey.agent.backend.vault.VaultBackend;
import dev.latchkey.agent.backend.vault.VaultHttp;
import dev.latchkey.agent.backend.vault.VaultOptions;
import dev.latchkey.agent.backend.vault.VaultServers;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.supply.BackendSupply;
import dev.latchkey.agent.target.postgresql.PostgresTarget;
import dev.latchkey.agent.target.postgresql.RealPostgres;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The rotation of one login on a real PostgreSQL, kept in a real Vault, by the real supply and the
 * real door over a store in memory. Everything of the agent runs on the test's thread.
 */
final class VaultRig implements AutoCloseable {

  static final String ADMIN_PASSWORD = "admin-marker-77ab";
  static final Duration OVERLAP = Duration.ofMinutes(10);
  static final Duration REFRESH = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final SecretName ADMIN = new SecretName("orders-admin");

  final SecretName name = new SecretName(VaultAdmin.name("orders"));
  final VaultServer server = RealVault.shared();
  final List<AgentEvent> events = new ArrayList<>();
  private final String role = name.text().replace('-', '_');
  private final RealPostgres postgres;
  private final String path;
  private final VaultAdmin admin = new VaultAdmin(server);
  private final FakeTime time = new FakeTime();
  private final VaultHttp http = new VaultHttp("vault", VaultServers.at(server.address()), time);
  private final VaultBackend vault =
      new VaultBackend(http, new FixedTokens(admin.root()), new VaultOptions("", Map.of()), time);
  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryVersionStore versions = new InMemoryVersionStore();
  private final InMemoryRotationStore rows = new InMemoryRotationStore();
  private final FakeHolders holders = new FakeHolders();
  private final DeclaredCatalog catalog;
  private Consumer<String> atMoment = moment -> {};
  private AtomicBoolean alive = new AtomicBoolean(true);
  private CaffeineCurrent current;
  private BackendSupply supply;
  private AlternatingRotations rotations;

  VaultRig(RealPostgres postgres, int engine) {
    this(postgres, Optional.of(engine), "");
  }

  /** Below a path that exists already, without a mount of its own. */
  VaultRig(RealPostgres postgres, Optional<Integer> engine, String other) {
    this.postgres = postgres;
    this.path = engine.map(version -> admin.mountKeyValue(version) + "orders/db").orElse(other);
    this.catalog = catalog();
    start();
    current.publish(
        Change.byAgent(
            ADMIN, RotationWorld.content("latchkey_admin", ADMIN_PASSWORD), Cause.PUT, time.now()),
        Alongside.NOTHING);
  }

  private DeclaredCatalog catalog() {
    RotationDeclaration rotation =
        new RotationDeclaration(
            "orders",
            List.of(role + "_a", role + "_b"),
            role + "_owner",
            Optional.empty(),
            OVERLAP,
            Duration.ZERO);
    return new DeclaredCatalog(
        List.of(
            declaration(name, "vault", path, Optional.of(rotation)),
            declaration(ADMIN, "local", ADMIN.text(), Optional.empty())),
        List.of(),
        List.of(target()),
        Set.of());
  }

  private TargetDeclaration target() {
    return new TargetDeclaration(
        "orders",
        "postgresql",
        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/orders",
        Optional.of(ADMIN),
        List.of("orders"));
  }

  private static Declaration declaration(
      SecretName name, String backend, String path, Optional<RotationDeclaration> rotation) {
    return new Declaration(
        name,
        backend,
        path,
        "database",
        true,
        HOUR,
        REFRESH,
        backend.equals("local"),
        "",
        rotation);
  }

  private void start() {
    AtomicBoolean mine = alive;
    current =
        new CaffeineCurrent(versions, transactions, new SilentAudit(), catalog, time, 1 << 20);
    Map<String, Backend> backends =
        Map.of("local", new LocalBackend("local", versions), "vault", vault);
    supply =
        new BackendSupply(
            current,
            catalog,
            backends,
            new NoLeases(),
            (target, login) -> {},
            time,
            (delay, task) -> time.schedule(delay, () -> runIf(mine, task)),
            new SplittableRandom(1),
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
            events::add,
            Runnable::run);
    current.start(supply);
    supply.start();
    rotations =
        new AlternatingRotations(
            new RotationContext(
                catalog,
                current,
                holders,
                new SilentAudit(),
                rows,
                transactions,
                backends,
                Map.of("orders", new PostgresTarget(target(), new SecureRandom())),
                time,
                (delay, task) -> time.schedule(delay, () -> runIf(mine, task)),
                new SecureRandom(),
                Runnable::run,
                events::add,
                (secret, id, step, moment) -> atMoment.accept(step + " " + moment),
                task -> task));
    rotations.start();
  }

  private static void runIf(AtomicBoolean alive, Runnable task) {
    if (alive.get()) {
      task.run();
    }
  }

  /** Starts anew with what the store, Vault and the database have. */
  void restart() {
    alive.set(false);
    alive = new AtomicBoolean(true);
    holders.forgetListeners();
    start();
  }

  /** Does {@code work} once, at the moment named. */
  void atMoment(String wanted, Runnable work) {
    atMoment =
        moment -> {
          if (moment.equals(wanted)) {
            atMoment = none -> {};
            work.run();
          }
        };
  }

  /** Dies at the moment named; answers whether it came. */
  boolean rotateAndDieAt(String wanted) {
    atMoment(
        wanted,
        () -> {
          alive.set(false);
          throw new RotationWorld.Crash();
        });
    try {
      var _ = rotate();
      return false;
    } catch (RotationWorld.Crash died) {
      return true;
    }
  }

  CompletableFuture<RotationState> rotate() {
    return rotations.rotation(name).rotate("", "operator", state -> {});
  }

  CompletableFuture<RotationState> rollback() {
    return rotations.rotation(name).rollback(0, "operator", state -> {});
  }

  CompletableFuture<RotationState> recover() {
    return rotations.rotation(name).recover("operator", state -> {});
  }

  RotationState state() {
    return rotations.state(name).orElseThrow();
  }

  void pass(Duration duration) {
    time.advance(duration);
  }

  CaffeineCurrent current() {
    return current;
  }

  SecretState now() {
    return current.held(name).orElseThrow().state();
  }

  /** What Vault has as the newest version, read past the agent. */
  SecretContent atVault() {
    return vault.read(path, Optional.empty()).content();
  }

  String newestAtVault() {
    return vault.newest(path);
  }

  /** Somebody else writes. */
  void foreignWrite(SecretContent content) {
    vault.put(path, content, Optional.empty());
  }

  /** Whether the database lets a content's login in. */
  boolean opens(SecretContent content) {
    return postgres.opens("orders", text(content, "username"), text(content, "password"));
  }

  static String text(SecretContent content, String field) {
    return content
        .field(field)
        .orElseThrow()
        .read(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws Exception {
    rotations.close();
    supply.close();
    http.close();
    admin.close();
  }
}
