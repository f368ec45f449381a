package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.HOOK;
import static dev.latchkey.agent.inject.DeliveryWorld.HUP;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.inject.DeliveryState.Condition;
import dev.latchkey.agent.lifecycle.ComponentHealth.Level;
import dev.latchkey.agent.secret.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * That no reload is lost or repeated, whatever fails, and that no slow one keeps others waiting.
 */
class KeptDeliveriesTest {

  private static final Duration DAY = Duration.ofDays(1);

  private final DeliveryWorld world = new DeliveryWorld();
  private final Deque<Runnable> commands = new ArrayDeque<>();

  private Deliveries started(DeliveryWorld.Declared declared) {
    world.current.putUntold(A, content("v", "0"));
    return world.started(declared.make());
  }

  private void put(String value) {
    world.current.put(A, content("v", value));
  }

  private static DeliveryState state(Deliveries deliveries) {
    return deliveries.states().getFirst();
  }

  @Test
  void aReloadIsNotLostWhenSomethingFailsAfterTheSwap() {
    Deliveries deliveries = started(DeliveryWorld.of("app").reloading());
    world.files.failureAfterSwap =
        new UncheckedIOException(new IOException("the directory cannot be synced"));
    put("1");
    assertThat(world.files.text(PATH)).contains("1");
    assertThat(world.reloads).isEmpty();
    world.files.failureAfterSwap = null;
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.files.writes).as("the same bytes").isEqualTo(2);
    assertThat(world.reloads).containsExactly(HUP);
    assertThat(world.store.isDue("app")).isFalse();
    assertThat(state(deliveries).problem()).isEmpty();
  }

  @Test
  void aDueReloadIsDoneThoughALaterChangeCannotBeWritten() {
    started(DeliveryWorld.of("app").reloading());
    world.reloadFailure = new ReloadFailed("it ended with code 1");
    put("1");
    world.reloadFailure = null;
    world.files.failAsAFullDisk();
    put("2");
    world.time.advance(DAY);
    assertThat(world.reloads).as("one that failed, one that told").hasSize(2);
    assertThat(world.files.text(PATH)).contains("1");
  }

  @Test
  void aDueReloadIsDoneAtTheStartThoughTheBackendIsAway() {
    started(DeliveryWorld.of("app").reloading());
    world.reloadFailure = new ReloadFailed("it ended with code 1");
    put("1");
    world.time.drop();
    world.current.listeners.clear();
    world.current.forget(A);
    world.reloads.clear();
    world.reloadFailure = null;
    world.started(DeliveryWorld.of("app").reloading().make());
    assertThat(world.reloads).containsExactly(HUP);
  }

  @Test
  void aStoreThatIsFullRepeatsNoReload() {
    world.reloadThreads = commands::add;
    Deliveries deliveries = started(DeliveryWorld.of("app").reloading(HOOK));
    put("1");
    world.store.full = true;
    commands.remove().run();
    assertThat(state(deliveries).reloads()).isEqualTo(1);
    world.time.advance(Duration.ofHours(1));
    assertThat(commands).isEmpty();
    assertThat(deliveries.gates().getFirst().health().level()).isEqualTo(Level.HEALTHY);
    assertThat(world.store.isDue("app")).isTrue();
    world.store.full = false;
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.store.isDue("app")).isFalse();
    assertThat(world.time.pending()).isZero();
  }

  @Test
  void whatTheStoreCannotKeepIsNotSwapped() {
    started(DeliveryWorld.of("app").reloading());
    world.store.full = true;
    put("1");
    assertThat(world.files.text(PATH)).contains("0");
    world.store.full = false;
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.files.text(PATH)).contains("1");
    assertThat(world.reloads).hasSize(1);
  }

  @Test
  void aSlowCommandKeepsNeitherARevocationNorTheEndWaiting() {
    world.reloadThreads = commands::add;
    Deliveries deliveries =
        started(DeliveryWorld.of("app").reloading(HOOK).leaving(Leaving.REMOVE, Leaving.BLANK));
    put("1");
    List<String> seen = new ArrayList<>();
    world.whileTold =
        () -> {
          put("2");
          world.time.advance(Duration.ofMinutes(5));
          seen.add(world.files.text(PATH).orElse("none"));
          seen.add(deliveries.gates().getFirst().health().reason());
          world.current.withdraw(A, Reason.NOT_FOUND);
          seen.add(world.files.text(PATH).orElse("none") + world.aborts);
          close(deliveries);
          seen.add(world.files.text(PATH).orElse("none") + world.aborts);
        };
    commands.remove().run();
    assertThat(seen)
        .containsExactly(
            "1",
            "/run/app/file is written, but a change waits until the program was told of the one"
                + " before",
            "0",
            "none1");
    assertThat(world.store.isDue("app")).as("its next life tells of the removal").isTrue();
  }

  private static void close(Deliveries deliveries) {
    try {
      deliveries.close();
    } catch (Exception notLeft) {
      throw new AssertionError(notLeft);
    }
  }

  @Test
  void whatIsTakenBackDuringAReloadIsToldAfterIt() {
    world.reloadThreads = commands::add;
    started(DeliveryWorld.of("app").reloading(HOOK).leaving(Leaving.KEEP, Leaving.REMOVE));
    put("1");
    world.whileTold = () -> world.current.withdraw(A, Reason.NOT_FOUND);
    commands.remove().run();
    world.whileTold = () -> {};
    assertThat(commands).hasSize(1);
    assertThat(world.store.isDue("app")).isTrue();
    commands.remove().run();
    assertThat(commands).isEmpty();
    assertThat(world.store.isDue("app")).isFalse();
  }

  @Test
  void aCommandThatOnlyQueuesBehindThoseOfOthersKeepsNoChangeWaitingAndTellsOfAll() {
    world.reloadThreads = commands::add;
    Deliveries deliveries =
        started(DeliveryWorld.of("app").reloading(HOOK).leaving(Leaving.KEEP, Leaving.REMOVE));
    put("1");
    assertThat(deliveries.gates().getFirst().health().reason())
        .isEqualTo(
            "/run/app/file is written, but its program is told when a reload of another has ended");
    put("2");
    assertThat(world.files.text(PATH)).contains("2");
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(world.files.text(PATH)).isEmpty();
    put("3");
    assertThat(world.files.text(PATH)).contains("3");
    assertThat(commands).as("it keeps its place").hasSize(1);
    commands.remove().run();
    assertThat(world.reloads).hasSize(1);
    assertThat(world.store.isDue("app")).isFalse();
    assertThat(deliveries.gates().getFirst().health().level()).isEqualTo(Level.HEALTHY);
    assertThat(commands).isEmpty();
  }

  @Test
  void aCommandWhoseTurnComesInTheMiddleOfASwapIsAskedForAgain() {
    world.reloadThreads = commands::add;
    started(DeliveryWorld.of("app").reloading(HOOK));
    put("1");
    world.files.beforeWrite =
        () -> {
          commands.remove().run();
          assertThat(world.reloads).isEmpty();
        };
    put("2");
    assertThat(world.files.text(PATH)).contains("2");
    assertThat(commands).hasSize(1);
    assertThat(world.store.isDue("app")).isTrue();
    commands.remove().run();
    assertThat(world.reloads).hasSize(1);
    assertThat(world.store.isDue("app")).isFalse();
  }

  @Test
  void threadsThatCannotBeHadAreAFailureOfTheReloadAlone() {
    world.reloadThreads =
        task -> {
          throw new StackOverflowError("for want of a thread");
        };
    Deliveries deliveries = started(DeliveryWorld.of("app").reloading(HOOK));
    put("1");
    assertThat(state(deliveries).reloadProblem()).isEqualTo("unexpectedly, StackOverflowError");
    world.time.advance(Duration.ofMinutes(1));
    put("2");
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.files.text(PATH)).contains("2");
  }

  @Test
  void anErrorWhileItIsReadIsCountedShownAndTriedAgain() throws Exception {
    Deliveries deliveries = started(DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.KEEP));
    world.current.duringRead =
        () -> {
          throw new StackOverflowError("deep");
        };
    put("1");
    assertThat(state(deliveries).problem()).isEqualTo("unexpectedly, StackOverflowError");
    world.current.duringRead = () -> {};
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.files.text(PATH)).contains("1");
    deliveries.close();
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void aBusyDeliveryTakesTheNewestNewsOfASecretAndNoneBefore() {
    Deque<Runnable> couriers = new ArrayDeque<>();
    world.couriers = couriers::add;
    started(DeliveryWorld.of("app"));
    couriers.remove().run();
    for (int i = 1; i <= 1000; i++) {
      put("" + i);
      world.current.withdraw(A, Reason.NOT_FOUND);
    }
    world.current.judged = 0;
    int reads = world.current.reads;
    couriers.remove().run();
    assertThat(world.current.judged).isLessThan(10);
    assertThat(world.current.reads - reads).isLessThan(10);
  }

  @Test
  void whatIsKeptOfADeliveryIsWhereItIsAndWhatBecameOfIt() throws Exception {
    Deliveries deliveries =
        started(DeliveryWorld.of("app").reloading().leaving(Leaving.REMOVE, Leaving.KEEP));
    assertThat(world.transactions.call(world.store::all).get("app"))
        .isEqualTo(new Kept(PATH, Condition.WRITTEN, false, Set.of()));
    deliveries.close();
    assertThat(world.transactions.call(world.store::all).get("app"))
        .isEqualTo(new Kept(PATH, Condition.REMOVED, true, Set.of()));
  }
}
