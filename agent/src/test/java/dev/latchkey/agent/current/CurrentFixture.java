package dev.latchkey.agent.current;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A door with everything in memory: {@code kept} is persisted, {@code remote} is not. */
final class CurrentFixture {

  static final SecretName KEPT = new SecretName("kept");
  static final SecretName REMOTE = new SecretName("remote");
  static final long BOUND = 65_536;

  final FakeTime time = new FakeTime();
  final InMemoryTransactions transactions = new InMemoryTransactions();
  final InMemoryVersionStore versions = new InMemoryVersionStore();
  final SilentAudit audit = new SilentAudit();
  final List<AuditRecord> audited = audit.changes();
  final List<Held> told = new CopyOnWriteArrayList<>();
  final ScriptedLoader loader = new ScriptedLoader();
  final Catalog catalog =
      new DeclaredCatalog(
          List.of(declared(KEPT, true), declared(REMOTE, false)),
          List.of(new Mount("app/", "local", Duration.ofHours(1), Duration.ofMinutes(5))),
          List.of(),
          Set.of());
  CaffeineCurrent current = started();

  /** The agent after a restart: nothing held, the same store. */
  CaffeineCurrent restarted() {
    CaffeineCurrent fresh = started();
    current = fresh;
    return fresh;
  }

  private CaffeineCurrent started() {
    CaffeineCurrent fresh =
        new CaffeineCurrent(versions, transactions, audit, catalog, time, BOUND);
    fresh.start(loader);
    var _ = fresh.listen(told::add);
    return fresh;
  }

  private static Declaration declared(SecretName name, boolean persist) {
    return new Declaration(
        name,
        "backend",
        name.text(),
        "static",
        true,
        Duration.ofHours(1),
        Duration.ofMinutes(5),
        persist,
        "",
        Optional.empty());
  }

  Published publish(SecretName name, String value) {
    return current.publish(change(name, value), Alongside.NOTHING);
  }

  Change change(SecretName name, String value) {
    return Change.byAgent(name, FakeBackend.text(value), Cause.PUT, time.now());
  }

  /** Does what it is told to, and counts. */
  static final class ScriptedLoader implements Loader {

    Supplier<SecretState> script =
        () -> {
          throw SecretException.of(Reason.UNAVAILABLE, "the backend cannot be reached");
        };
    boolean ordered;
    int loads;

    @Override
    public SecretState load(SecretName name) {
      loads++;
      return script.get();
    }

    @Override
    public SecretState loadVersion(SecretName name, String backendVersion) {
      loads++;
      return script.get();
    }

    @Override
    public boolean ordersVersions(SecretName name) {
      return ordered;
    }
  }
}
