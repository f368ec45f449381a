package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Faulty;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.supply.BackendSupply;
import dev.latchkey.agent.time.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file of a secret that a mount alone makes exist, through the real door and the real supply. */
class FollowsBackendTest {

  private static final Duration MAX_STALE = Duration.ofHours(1);
  private static final Duration REFRESH = Duration.ofMinutes(5);
  private static final long CACHE = 65_536;

  private final DeliveryWorld world = new DeliveryWorld();
  private final FakeBackend remote = new FakeBackend().with("a", "one");
  private final Faulty faulty = new Faulty(remote);
  private final DeclaredCatalog catalog =
      new DeclaredCatalog(
          List.of(),
          List.of(new Mount("", "", "remote", MAX_STALE, REFRESH, false)),
          List.of(),
          Set.of(),
          Set.of(A));
  private final CaffeineCurrent current =
      new CaffeineCurrent(
          new InMemoryVersionStore(),
          world.transactions,
          new SilentAudit(),
          catalog,
          world.time,
          CACHE);
  private final BackendSupply supply =
      new BackendSupply(
          current,
          catalog,
          Map.of("remote", faulty),
          new NoLeases(),
          (target, login) -> {},
          world.time,
          world.time,
          new SplittableRandom(1),
          new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
          world.events::add,
          Runnable::run);

  @BeforeEach
  void start() {
    current.start(supply);
    supply.start();
    Delivery delivery = DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make();
    new Deliveries(List.of(delivery), world.context(current)).start();
    assertThat(world.files.text(PATH)).contains("one");
  }

  @AfterEach
  void stop() throws Exception {
    supply.close();
  }

  @Test
  void itFollowsAfterAnOutageLongerThanItMayBeServed() {
    faulty.goDown();
    world.time.advance(MAX_STALE.multipliedBy(5));
    assertThat(world.files.text(PATH)).as("an outage is no revocation").contains("one");
    faulty.heal();
    remote.with("a", "two");
    world.time.advance(REFRESH.multipliedBy(2));
    assertThat(world.files.text(PATH)).contains("two");
  }

  @Test
  void itFollowsHoweverManyOthersAreRead() {
    for (int i = 0; i < 500; i++) {
      remote.with("other/" + i, "x".repeat(1000));
      assertThat(current.read(new SecretName("other/" + i)).stale()).isFalse();
    }
    assertThat(current.held(new SecretName("other/0"))).as("the others are evicted").isEmpty();
    assertThat(current.peek(A)).isPresent();
    remote.with("a", "two");
    world.time.advance(REFRESH.multipliedBy(2));
    assertThat(world.files.text(PATH)).contains("two");
  }

  @Test
  void whatIsDeletedAtTheBackendItselfIsTakenBackWithTheNextRefreshAndComesAgain() {
    remote.delete("a", List.of("1"));
    world.time.advance(REFRESH);
    assertThat(world.files.text(PATH)).isEmpty();
    assertThat(current.peek(A)).as("served on, stale").isPresent();
    world.time.advance(MAX_STALE.multipliedBy(3));
    assertThat(world.files.text(PATH)).isEmpty();
    remote.undelete("a", List.of("1"));
    world.time.advance(REFRESH.multipliedBy(2));
    assertThat(world.files.text(PATH)).contains("one");
  }

  @Test
  void whatIsDestroyedAtTheBackendItselfIsTakenBack() {
    remote.destroy("a", List.of("1"));
    world.time.advance(REFRESH);
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void whatEndsByItselfWhileTheBackendIsAwayIsTakenBackAtItsEnd() {
    var now = world.time.now();
    var end = now.plus(Duration.ofMinutes(20));
    remote.with("a", "two", new Lifetime.Leased(now, end, false));
    world.time.advance(REFRESH);
    assertThat(world.files.text(PATH)).contains("two");
    faulty.goDown();
    world.time.advance(Duration.between(world.time.now(), end).minusSeconds(1));
    assertThat(world.files.text(PATH)).contains("two");
    world.time.advance(Duration.ofSeconds(1));
    assertThat(world.files.text(PATH)).isEmpty();
  }
}
