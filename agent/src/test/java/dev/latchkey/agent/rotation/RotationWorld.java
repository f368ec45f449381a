package dev.latchkey.agent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.audit.AuditEntry;
import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.StoredVersions;
import dev.latchkey.agent.backend.local.LocalBackend;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.target.FakeTarget;
import dev.latchkey.agent.time.FakeTime;
import dev.latchkey.agent.time.Timers;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What survives a crash (store, target, clock) and the process that does not. Everything runs on
 * the test's thread.
 */
final class RotationWorld {

  static final SecretName SECRET = new SecretName("orders-db");
  static final SecretName ADMIN = new SecretName("orders-admin");
  static final Duration OVERLAP = Duration.ofMinutes(10);
  static final Duration WINDOW = Duration.ofMinutes(5);

  final FakeTime time = new FakeTime();
  final InMemoryTransactions transactions = new InMemoryTransactions();
  final InMemoryRotationStore store = new InMemoryRotationStore();
  final FakeTarget target = new FakeTarget();
  final FakeHolders holders = new FakeHolders();
  final FakeCurrent current = new FakeCurrent(transactions, time);
  final List<AgentEvent> events = new ArrayList<>();
  final List<AuditRecord> audited = new ArrayList<>();
  final List<String> moments = new ArrayList<>();
  final FakeUpstream vault = new FakeUpstream();
  private final FakeCatalog catalog;
  private int wakesAtOnce;
  private Consumer<String> atMoment = moment -> {};
  private int crashIn = -1;
  private AtomicBoolean alive = new AtomicBoolean(true);
  private AlternatingRotations rotations;

  /** The process dies. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  RotationWorld() {
    this(Optional.empty());
  }

  RotationWorld(Optional<Duration> interval) {
    this(interval, "local", false);
  }

  /** The target may be down from the start. */
  RotationWorld(Optional<Duration> interval, boolean down) {
    this(interval, "local", down);
  }

  private RotationWorld(Optional<Duration> interval, String backend, boolean down) {
    target.down(down);
    vault.onPut(this::provedAtTheTarget);
    catalog =
        new FakeCatalog(
            SECRET,
            ADMIN,
            backend,
            new RotationDeclaration(
                "orders",
                List.of("orders_a", "orders_b"),
                "orders_owner",
                interval,
                OVERLAP,
                WINDOW));
    put(ADMIN, "admin", "admin-password");
    rotations = started(true);
  }

  /** The secret is kept at a secret manager that numbers its versions by itself. */
  static RotationWorld onVault() {
    return new RotationWorld(Optional.empty(), "vault", false);
  }

  static RotationWorld onVault(Duration interval) {
    return new RotationWorld(Optional.of(interval), "vault", false);
  }

  private void provedAtTheTarget(SecretContent content) {
    assertThat(
            target.opens(
                CurrentLogin.of(content), content.field(SecretContent.PASSWORD).orElseThrow()))
        .as("what the secret manager is given opens")
        .isTrue();
  }

  private AlternatingRotations started(boolean start) {
    AtomicBoolean mine = alive;
    Timers timers =
        (delay, task) -> {
          wakesAtOnce = delay.isPositive() ? 0 : wakesAtOnce + 1;
          assertThat(wakesAtOnce).as("wakes without any delay, a hot loop").isLessThan(1000);
          return time.schedule(
              delay,
              () -> {
                if (mine.get()) {
                  task.run();
                }
              });
        };
    AlternatingRotations process =
        new AlternatingRotations(
            new RotationContext(
                catalog,
                current,
                holders,
                new RememberingAudit(),
                store,
                transactions,
                Map.of("local", new LocalBackend("local", new NoVersions()), "vault", vault),
                Map.of("orders", target),
                time,
                timers,
                new SecureRandom(),
                task -> {
                  if (mine.get()) {
                    task.run();
                  }
                },
                events::add,
                this::moment,
                task -> task));
    rotations = process;
    if (start) {
      process.start();
    }
    return process;
  }

  /** Starts anew with what survived. */
  void restart() {
    alive.set(false);
    alive = new AtomicBoolean(true);
    current.forgetListeners();
    holders.forgetListeners();
    crashIn = -1;
    started(true);
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

  /** What the secret manager has as its newest version. */
  Optional<SecretContent> atVault() {
    return vault.newestContent(SECRET.text());
  }

  /** Lets the process die at the moment after {@code moments} more. */
  void crashAfter(int moments) {
    crashIn = moments;
  }

  boolean crashes(Runnable work) {
    try {
      work.run();
      return false;
    } catch (Crash e) {
      return true;
    }
  }

  private void moment(
      SecretName name, String rotation, RotationStep step, StepListener.Moment moment) {
    moments.add(step + " " + moment);
    atMoment.accept(step + " " + moment);
    if (crashIn >= 0 && crashIn-- == 0) {
      alive.set(false);
      throw new Crash();
    }
  }

  AlternatingRotations rotations() {
    return rotations;
  }

  CompletableFuture<RotationState> rotate(String requestId) {
    return rotations.rotation(SECRET).rotate(requestId, "operator", state -> {});
  }

  CompletableFuture<RotationState> rotate(Consumer<RotationState> progress) {
    return rotations.rotation(SECRET).rotate("", "operator", progress);
  }

  CompletableFuture<RotationState> rollback(long version) {
    return rotations.rotation(SECRET).rollback(version, "operator", state -> {});
  }

  CompletableFuture<RotationState> recover() {
    return rotations.rotation(SECRET).recover("operator", state -> {});
  }

  void put(SecretName name, String user, String password) {
    current.publish(
        Change.byAgent(name, content(user, password), Cause.PUT, time.now()), Alongside.NOTHING);
  }

  static SecretContent content(String user, String password) {
    return new SecretContent(
        Map.of("username", SecretValue.ofText(user), "password", SecretValue.ofText(password)));
  }

  RotationState state() {
    return rotations.state(SECRET).orElseThrow();
  }

  Optional<SecretState> currentState() {
    List<SecretState> all = current.versions(SECRET);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  String currentLogin() {
    return currentState().map(state -> CurrentLogin.of(state.content())).orElse("");
  }

  /** Whether the current version's login opens with its value. */
  boolean currentOpens() {
    return currentState().map(this::opens).orElse(true);
  }

  boolean opens(SecretState state) {
    return target.opens(
        CurrentLogin.of(state.content()), state.content().field("password").orElseThrow());
  }

  List<RotationRecord> rows() {
    return transactions.call(transaction -> store.history(transaction, SECRET, 1000));
  }

  /** The rotation reads nothing through a backend that the agent's own store is behind. */
  private static final class NoVersions implements StoredVersions {

    @Override
    public Optional<BackendRead> newest(String path) {
      throw new AssertionError("not asked for");
    }

    @Override
    public Optional<BackendRead> version(String path, String version) {
      throw new AssertionError("not asked for");
    }

    @Override
    public List<String> paths(String prefix, String after, int limit) {
      throw new AssertionError("not asked for");
    }
  }

  private final class RememberingAudit implements AuditLog {

    @Override
    public void change(Transaction transaction, AuditRecord row) {
      audited.add(row);
    }

    @Override
    public void access(AuditRecord row) {}

    @Override
    public List<AuditEntry> read(long fromSequence, int limit) {
      return List.of();
    }

    @Override
    public AutoCloseable follow(Consumer<AuditEntry> reader) {
      return () -> {};
    }

    @Override
    public AuditVerification verify() {
      return new AuditVerification.Intact(0);
    }
  }
}
