package dev.latchkey.agent.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Unwrapping;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.catalog.SourceDeclaration;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lease that comes wrapped ends, since nobody renews it. */
class WrappedLeasesTest {

  private static final SecretName ORDERS = new SecretName("orders");
  private static final Duration LIFE = Duration.ofMinutes(30);

  private final FakeTime time = new FakeTime();
  private final Tokens tokens = new Tokens();
  private final DeclaredCatalog catalog =
      new DeclaredCatalog(List.of(declared()), List.of(), List.of(), Set.of());
  private final CaffeineCurrent current =
      new CaffeineCurrent(
          new InMemoryVersionStore(),
          new InMemoryTransactions(),
          new SilentAudit(),
          catalog,
          time,
          1 << 20);
  private final BackendSupply supply =
      new BackendSupply(
          current,
          catalog,
          Map.of("remote", tokens),
          new NoLeases(),
          (target, login) -> {},
          time,
          time,
          new SplittableRandom(1),
          new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
          event -> {},
          Runnable::run);

  private static Declaration declared() {
    return new Declaration(
        ORDERS,
        "remote",
        ORDERS.text(),
        "static",
        false,
        Duration.ofDays(1),
        Duration.ofMinutes(5),
        true,
        "",
        Optional.empty(),
        LeaseDeclaration.DEFAULT,
        new SourceDeclaration(
            Optional.empty(),
            Optional.of(
                new SourceDeclaration.Wrapped(Path.of("nowhere", "token"), Optional.empty()))));
  }

  @AfterEach
  void close() throws Exception {
    supply.close();
  }

  /** Another token is in the file, which wraps {@code value} with a lease. */
  private void deliver(String value) {
    tokens.mark = value;
    tokens.lifetime = new Lifetime.Leased(time.now(), time.now().plus(LIFE), false);
  }

  private SecretContent value() {
    return current.read(ORDERS).state().content();
  }

  private SecretException failure() {
    return catchThrowableOfType(SecretException.class, () -> current.read(ORDERS));
  }

  @Test
  void whatHasEndedIsNotServedAsFreshAndAnotherTokenBringsItBack() {
    current.start(supply);
    deliver("one");
    supply.start();
    time.advance(LIFE.minusSeconds(1));
    assertThat(value()).isEqualTo(FakeBackend.text("one"));

    time.advance(Duration.ofSeconds(2));

    assertThat(failure().reason()).isEqualTo(Reason.LEASE_EXPIRED);
    assertThat(failure()).hasMessageContaining("deliver another wrapping token");
    deliver("two");
    time.advance(Duration.ofMinutes(2));
    assertThat(value()).isEqualTo(FakeBackend.text("two"));
  }

  @Test
  void theFileIsLookedAtAtTheOrdinaryPaceAlsoWhenTheLeaseIsNearlyOver() {
    current.start(supply);
    deliver("one");
    supply.start();
    time.advance(LIFE.minusSeconds(1));
    assertThat(tokens.asked).isLessThan(10);
    time.advance(Duration.ofHours(1));
    assertThat(tokens.asked).isLessThan(300);
  }

  /** A manager that opens the one token in its file once. */
  private static final class Tokens implements Backend, Unwrapping {

    private String mark = "";
    private Lifetime lifetime = new Lifetime.Unleased();
    private int asked;

    @Override
    public Optional<BackendRead> unwrap(Path file, Optional<String> createdAt, String opened) {
      asked++;
      assertThat(asked).as("looks at the file, in a hot loop").isLessThan(1_000);
      return mark.equals(opened)
          ? Optional.empty()
          : Optional.of(new BackendRead(FakeBackend.text(mark), mark, lifetime));
    }

    @Override
    public BackendRead read(String path, Optional<String> version) {
      throw SecretException.of(Reason.NOT_FOUND, path + " does not exist");
    }

    @Override
    public boolean ordersVersions() {
      return false;
    }

    @Override
    public ComponentHealth health() {
      return ComponentHealth.healthy("tokens");
    }
  }
}
