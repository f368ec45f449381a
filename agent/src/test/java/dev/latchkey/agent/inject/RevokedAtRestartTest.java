package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Faulty;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.current.Withdrawal;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.supply.BackendSupply;
import dev.latchkey.agent.time.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** That what was taken back does not come again from what the agent kept of it. */
class RevokedAtRestartTest {

  private static final Duration MAX_STALE = Duration.ofHours(10);
  private static final Duration REFRESH = Duration.ofMinutes(5);

  private final DeliveryWorld world = new DeliveryWorld();
  private final FakeBackend remote = new FakeBackend().with("a", "one");
  private final Faulty faulty = new Faulty(remote);
  private final InMemoryVersionStore versions = new InMemoryVersionStore();
  private boolean persist = true;
  private final Delivery delivery =
      DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.REMOVE).make();

  /** A life of the agent, with the real door and the real supply. */
  private record Life(CaffeineCurrent current, Deliveries deliveries) {

    DeliveryState state() {
      return deliveries.states().getFirst();
    }
  }

  private Life started() {
    DeclaredCatalog catalog =
        new DeclaredCatalog(
            List.of(),
            List.of(new Mount("", "", "remote", MAX_STALE, REFRESH, persist)),
            List.of(),
            Set.of(),
            Set.of(A));
    CaffeineCurrent current =
        new CaffeineCurrent(
            versions, world.transactions, new SilentAudit(), catalog, world.time, 65_536);
    BackendSupply supply =
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
    current.start(supply);
    supply.start();
    Deliveries deliveries = new Deliveries(List.of(delivery), world.context(current));
    deliveries.start();
    return new Life(current, deliveries);
  }

  private Life killedAndStarted() {
    world.time.drop();
    return started();
  }

  @Test
  void whatWasDeletedAtTheBackendStaysAwayThoughTheNextLifeIsServedWhatWasKept() {
    started();
    assertThat(world.files.text(PATH)).contains("one");
    remote.delete("a", List.of("1"));
    world.time.advance(REFRESH);
    assertThat(world.files.text(PATH)).isEmpty();
    faulty.goDown();
    Life next = killedAndStarted();
    assertThat(next.current().peek(A)).as("served on").isPresent();
    assertThat(world.files.text(PATH)).isEmpty();
    assertThat(next.state().problem()).startsWith("a was revoked");
    world.time.advance(Duration.ofHours(1));
    assertThat(world.files.text(PATH)).isEmpty();
    faulty.heal();
    world.time.advance(REFRESH.multipliedBy(2));
    assertThat(world.files.text(PATH)).as("still deleted").isEmpty();
    remote.undelete("a", List.of("1"));
    world.time.advance(REFRESH.multipliedBy(2));
    assertThat(world.files.text(PATH)).contains("one");
    assertThat(next.state().problem()).isEmpty();
  }

  /** Takes the newest version away, and is killed before the delivery is told of it. */
  private Life killedInTheMiddleOfADestroy(Life life) {
    world.couriers = task -> {};
    life.current()
        .withdraw(new Withdrawal(A, "destroy", List.of("1"), true, true, "", "", "uid 0", ""));
    assertThat(world.files.text(PATH)).contains("one");
    faulty.goDown();
    world.couriers = Runnable::run;
    return killedAndStarted();
  }

  @Test
  void whatWasDestroyedJustBeforeAKillIsTakenBackByTheNextLifeInAnOutage() {
    killedInTheMiddleOfADestroy(started());
    assertThat(world.files.text(PATH)).isEmpty();
    assertThat(world.audited).containsOnlyOnce("file:app REMOVE");
  }

  @Test
  void soIsThatOfWhichNoValueIsKeptAndNotOnceMoreWhenItsManagerHasItAgain() {
    persist = false;
    killedInTheMiddleOfADestroy(started());
    assertThat(world.files.text(PATH)).isEmpty();
    faulty.heal();
    world.time.advance(REFRESH.multipliedBy(2));
    assertThat(world.files.text(PATH)).contains("one");
    faulty.goDown();
    killedAndStarted();
    assertThat(world.files.text(PATH)).contains("one");
  }

  @Test
  void whatWasMerelyRemovedAtTheEndComesAgainInAnOutage() throws Exception {
    Life first = started();
    world.time.advance(REFRESH);
    faulty.goDown();
    world.time.advance(REFRESH.multipliedBy(2));
    first.deliveries().close();
    assertThat(world.files.text(PATH)).isEmpty();
    Life next = killedAndStarted();
    assertThat(next.current().peek(A)).hasValueSatisfying(now -> assertThat(now.stale()).isTrue());
    assertThat(world.files.text(PATH)).contains("one");
  }

  @Test
  void whatWasKeptAsFreshComesAgainOnlyWhenItIsConfirmedAlsoWhereNobodyIsToldOfThat() {
    world.current.putUntold(A, content("v", "one"));
    world.started(delivery);
    world.current.miss(A);
    assertThat(world.files.text(PATH)).isEmpty();
    world.current.confirmUntold(A);
    world.time.drop();
    world.current.listeners.clear();
    world.time.advance(Duration.ofSeconds(1));
    Deliveries next = world.started(delivery);
    world.time.advance(Duration.ofMinutes(10));
    assertThat(world.files.text(PATH)).isEmpty();
    world.time.jump(Duration.ofHours(-2));
    next.planAgain();
    world.current.confirmUntold(A);
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.files.text(PATH)).contains("one");
  }
}
