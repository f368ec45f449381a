package dev.latchkey.agent.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Faulty;
import dev.latchkey.agent.backend.StoredVersions;
import dev.latchkey.agent.backend.local.LocalBackend;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of reads of a rotated secret that somebody else's hand changed at its backend. */
class RotatedReadsTest {

  private static final SecretName ORDERS = new SecretName("orders");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration REFRESH = Duration.ofMinutes(5);

  private final FakeTime time = new FakeTime();
  private final FakeBackend remote = new FakeBackend();
  private final Faulty faulty = new Faulty(remote);
  private final InMemoryVersionStore store = new InMemoryVersionStore();
  private final List<AgentEvent> events = new CopyOnWriteArrayList<>();
  private final DeclaredCatalog catalog =
      new DeclaredCatalog(List.of(rotated()), List.of(), List.of(), Set.of());
  private CaffeineCurrent current = made();
  private BackendSupply supply = started(faulty);

  private static Declaration rotated() {
    return new Declaration(
        ORDERS,
        "remote",
        "orders",
        "database",
        true,
        HOUR,
        REFRESH,
        false,
        "",
        Optional.of(
            new RotationDeclaration(
                "orders",
                List.of("orders_a", "orders_b"),
                "orders_owner",
                Optional.empty(),
                HOUR,
                HOUR)));
  }

  private CaffeineCurrent made() {
    return new CaffeineCurrent(
        store, new InMemoryTransactions(), new SilentAudit(), catalog, time, 1 << 20);
  }

  private BackendSupply started(Backend backend) {
    BackendSupply made =
        new BackendSupply(
            current,
            catalog,
            Map.of("remote", backend),
            new NoLeases(),
            (target, login) -> {},
            time,
            time,
            new SplittableRandom(1),
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
            events::add,
            Runnable::run);
    current.start(made);
    made.start();
    return made;
  }

  @AfterEach
  void close() throws Exception {
    supply.close();
  }

  /** What the rotation does once the backend has {@code value} as {@code version}. */
  private void publish(String value, String version) {
    current.publish(
        new Change(
            ORDERS,
            FakeBackend.text(value),
            new Lifetime.Unleased(),
            version,
            time.now(),
            Optional.empty(),
            0,
            Cause.ROTATION,
            OptionalLong.empty(),
            "",
            "schedule",
            ""),
        Alongside.NOTHING);
  }

  private void rotatedTo(String value) {
    remote.with("orders", value);
    publish(value, remote.newest("orders"));
  }

  private Held held() {
    return current.peek(ORDERS).orElseThrow();
  }

  @Test
  void whatNobodyProvedIsNotTakenWhereNothingIsCurrent() {
    remote.with("orders", "somebody's");
    assertThatThrownBy(() -> current.read(ORDERS))
        .isInstanceOfSatisfying(
            SecretException.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(Reason.NOT_FOUND);
              assertThat(refused.safeMessage())
                  .contains("version 1", "not proved", "adopt orders", "rotate orders --recover")
                  .doesNotContain("somebody's");
            });
    assertThat(store.writes()).isZero();
  }

  @Test
  void whatTheAgentMakesItselfIsNotAskedToBePut() throws Exception {
    supply.close();
    supply = started(new LocalBackend("local", new NothingStored()));
    assertThatThrownBy(() -> current.read(ORDERS))
        .isInstanceOfSatisfying(
            SecretException.class,
            missing -> {
              assertThat(missing.reason()).isEqualTo(Reason.NOT_FOUND);
              assertThat(missing.safeMessage())
                  .contains("orders has no version", "latchkey rotate orders")
                  .doesNotContain("put it");
            });
  }

  @Test
  void aForeignVersionIsNeverCurrentAndTurnsTheHeldOneStaleUntilMaxStale() {
    rotatedTo("ours");
    remote.with("orders", "somebody's");

    time.advance(REFRESH.plusSeconds(10));

    assertThat(held().stale()).isTrue();
    assertThat(held().state().content()).isEqualTo(FakeBackend.text("ours"));
    assertThat(current.reason(ORDERS)).contains("version 2", "not proved");
    assertThat(events).hasAtLeastOneElementOfType(AgentEvent.ServingStale.class);
    time.advance(HOUR);
    assertThat(current.peek(ORDERS)).isEmpty();
  }

  @Test
  void theSameValueUnderALaterNumberIsConfirmed() {
    rotatedTo("ours");
    remote.with("orders", "somebody's");
    time.advance(REFRESH.plusSeconds(10));
    remote.with("orders", "ours");
    time.advance(REFRESH);

    assertThat(held().stale()).isFalse();
    assertThat(held().state().backendVersion()).isEqualTo("3");
    assertThat(held().state().id().version()).isEqualTo(1);
  }

  @Test
  void whatARotationHasWrittenAndIsAboutToPublishIsNoTrouble() {
    rotatedTo("ours");
    time.advance(REFRESH.minusSeconds(40));
    remote.with("orders", "the next one");
    Duration waited = Duration.ZERO;
    int reads = remote.reads();
    while (remote.reads() == reads) {
      time.advance(Duration.ofSeconds(1));
      waited = waited.plusSeconds(1);
    }
    assertThat(held().stale()).isFalse();
    publish("the next one", "2");
    time.advance(RotatedReads.SOON);

    assertThat(held().stale()).isFalse();
    assertThat(events).isEmpty();
    assertThat(held().state().content()).isEqualTo(FakeBackend.text("the next one"));
  }

  @Test
  void aRestartWhileTheBackendIsDownServesTheRotatedValueAlthoughItIsNotSetToPersist()
      throws Exception {
    rotatedTo("ours");
    supply.close();
    faulty.goDown();
    time.advance(REFRESH.multipliedBy(2));

    current = made();
    supply = started(faulty);

    assertThat(current.read(ORDERS).state().content()).isEqualTo(FakeBackend.text("ours"));
    assertThat(held().stale()).isTrue();
  }

  private static final class NothingStored implements StoredVersions {

    @Override
    public Optional<BackendRead> newest(String path) {
      return Optional.empty();
    }

    @Override
    public Optional<BackendRead> version(String path, String version) {
      return Optional.empty();
    }

    @Override
    public List<String> paths(String prefix, String after, int limit) {
      return List.of();
    }
  }
}
