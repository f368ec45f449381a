package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.HUP;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lifecycle.ComponentHealth.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReloadsTest {

  private final DeliveryWorld world = new DeliveryWorld();
  private final Delivery delivery = DeliveryWorld.of("app").reloading().make();
  private Deliveries deliveries = new Deliveries(java.util.List.of(), world.context());

  @BeforeEach
  void start() {
    world.current.putUntold(A, content("v", "0"));
    deliveries = world.started(delivery);
  }

  private void put(String value) {
    world.current.put(A, content("v", value));
  }

  private DeliveryState state() {
    return deliveries.states().getFirst();
  }

  @Test
  void aSignalThatFindsNoThreadIsSentLater() {
    world.current.listeners.clear();
    AtomicBoolean none = new AtomicBoolean();
    world.fileThreads =
        new FileThreads(
            Runnable::run,
            task -> {
              if (none.get()) {
                throw new IllegalStateException("no thread");
              }
              task.run();
            },
            Path::toString,
            1 << 20,
            world.time,
            world.time);
    deliveries = world.started(DeliveryWorld.of("app").reloading().make());
    world.files.beforeWrite = () -> none.set(true);
    world.current.put(A, content("v", "1"));
    assertThat(world.reloads).isEmpty();
    assertThat(deliveries.states().getFirst().reloadProblem()).contains("IllegalState");
    none.set(false);
    world.time.advance(Duration.ofSeconds(1));
    assertThat(world.reloads).containsExactly(HUP);
  }

  @Test
  void nobodyIsToldOfAFileThatWasNotThereBefore() {
    assertThat(world.files.text(PATH)).contains("0");
    assertThat(world.reloads).isEmpty();
  }

  @Test
  void aChangeIsToldAfterItIsThere() {
    put("1");
    assertThat(world.reloads).containsExactly(HUP);
    assertThat(state().reloads()).isEqualTo(1);
    assertThat(world.store.isDue("app")).isFalse();
  }

  @Test
  void nothingIsSwappedWhileTheReloadSettlesAndTheRestIsJoined() {
    put("1");
    world.time.advance(Duration.ofSeconds(2));
    put("2");
    world.time.advance(Duration.ofSeconds(2));
    put("3");
    world.time.advance(Duration.ofMillis(5_999));
    assertThat(world.files.text(PATH)).contains("1");
    world.time.advance(Duration.ofMillis(1));
    assertThat(world.files.text(PATH)).contains("3");
    assertThat(world.reloads).hasSize(2);
    assertThat(world.files.writes).isEqualTo(3);
  }

  @Test
  void aFailedReloadIsTriedAgainWithBackoffCountedShownAndToldOnce() {
    world.reloadFailure = new ReloadFailed("it ended with code 1");
    put("1");
    assertThat(deliveries.gates().getFirst().health().level()).isEqualTo(Level.DEGRADED);
    assertThat(deliveries.gates().getFirst().health().reason())
        .isEqualTo("/run/app/file is written, but its program was not told: it ended with code 1");
    assertThat(deliveries.gates().getFirst().isOpen()).isTrue();
    world.time.advance(Duration.ofMinutes(30));
    assertThat(state().reloadFailures()).isBetween(30L, 120L);
    assertThat(world.events)
        .containsExactly(new AgentEvent.ReloadFailed("app", "it ended with code 1"));
    assertThat(world.store.isDue("app")).isTrue();
    world.reloadFailure = null;
    world.time.advance(Duration.ofMinutes(1));
    assertThat(state().reloads()).isEqualTo(1);
    assertThat(deliveries.gates().getFirst().health().level()).isEqualTo(Level.HEALTHY);
    assertThat(world.store.isDue("app")).isFalse();
  }

  @Test
  void aChangeIsWrittenAlthoughReloadsFail() {
    world.reloadFailure = new ReloadFailed("it ended with code 1");
    put("1");
    world.time.advance(Duration.ofSeconds(1));
    put("2");
    world.time.advance(Duration.ofSeconds(11));
    assertThat(world.files.text(PATH)).contains("2");
  }

  @Test
  void aProgramThatStaysAwayIsLookedForAWhileAndThenHasNothingToBeTold() {
    world.running = false;
    put("1");
    assertThat(state().reloads()).isZero();
    assertThat(deliveries.gates().getFirst().health().level()).isEqualTo(Level.HEALTHY);
    world.time.advance(Duration.ofSeconds(29));
    assertThat(world.store.isDue("app")).isTrue();
    world.time.advance(Duration.ofSeconds(1));
    assertThat(world.store.isDue("app")).isFalse();
    assertThat(world.reloads).hasSizeBetween(30, 32);
    assertThat(world.time.pending()).isZero();
  }

  @Test
  void aProgramThatWritesItsPidFileOnlyAfterAChangeIsToldOfIt() {
    world.running = false;
    put("1");
    world.time.advance(Duration.ofSeconds(20));
    world.running = true;
    world.time.advance(Duration.ofSeconds(1));
    assertThat(state().reloads()).isEqualTo(1);
    assertThat(world.store.isDue("app")).isFalse();
    assertThat(world.time.pending()).isZero();
  }

  @Test
  void aRestartWithTheSameContentWritesNothingAndTellsNobody() throws Exception {
    put("1");
    deliveries.close();
    world.started(delivery);
    assertThat(world.reloads).hasSize(1);
    assertThat(world.files.writes).isEqualTo(2);
    assertThat(world.store.isDue("app")).isFalse();
  }

  @Test
  void aChangeWhileTheAgentWasDownIsTold() throws Exception {
    deliveries.close();
    world.current.putUntold(A, content("v", "1"));
    world.started(delivery);
    assertThat(world.reloads).hasSize(1);
  }

  @Test
  void aReloadThatTheAgentOwedWhenItWasKilledIsDoneAtItsStart() {
    world.reloadFailure = new ReloadFailed("it ended with code 1");
    put("1");
    world.time.drop();
    world.current.listeners.clear();
    world.reloadFailure = null;
    world.reloads.clear();
    world.started(delivery);
    assertThat(world.files.writes).as("the same content").isEqualTo(2);
    assertThat(world.reloads).containsExactly(HUP);
    assertThat(world.store.isDue("app")).isFalse();
  }

  @Test
  void aDeliveryWithoutAReloadIsKeptOnceAndNotWithEachChange() {
    world.started(DeliveryWorld.of("plain").at("/run/app/plain").make());
    int before = world.store.writes;
    put("1");
    assertThat(world.store.writes - before).as("mark and clear of the other").isEqualTo(2);
  }
}
