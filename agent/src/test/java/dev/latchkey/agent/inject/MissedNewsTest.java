package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.Reason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That no news is lost which comes while a delivery is busy with others, or begins. */
class MissedNewsTest {

  private final DeliveryWorld world = new DeliveryWorld();
  private final Deque<Runnable> busy = new ArrayDeque<>();

  @BeforeEach
  void put() {
    world.current.putUntold(A, content("v", "1"));
  }

  private Deliveries busy(Delivery delivery) {
    Deliveries deliveries = world.started(delivery);
    world.couriers = busy::add;
    return deliveries;
  }

  private void free() {
    world.couriers = Runnable::run;
    while (!busy.isEmpty()) {
      busy.remove().run();
    }
  }

  private void tellMissing() {
    world.current.listeners.forEach(listener -> listener.missing(A));
  }

  @Test
  void aChangeIsNotLostInWhatComesAfterIt() {
    busy(DeliveryWorld.of("app").make());
    world.current.put(A, content("v", "2"));
    tellMissing();
    free();
    assertThat(world.files.text(PATH)).contains("2");
  }

  @Test
  void aWithdrawalIsNotLostInWhatComesAfterIt() {
    Deliveries deliveries = busy(DeliveryWorld.of("app").make());
    world.current.withdraw(A, Reason.VERSION_DESTROYED);
    tellMissing();
    free();
    assertThat(deliveries.states().getFirst().problem()).isEqualTo("a cannot be had");
  }

  @Test
  void whatWasMissingAndCameAgainIsNotTakenBack() {
    busy(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make());
    world.current.miss(A);
    world.current.put(A, content("v", "2"));
    free();
    assertThat(world.files.text(PATH)).contains("2");
    assertThat(world.events).noneMatch(AgentEvent.DeliveryTakenBack.class::isInstance);
  }

  @Test
  void whatCameAgainAfterItWasNotedAsMissingIsKeptAsRevokedNoMore() {
    busy(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make());
    world.current.miss(A);
    busy.removeLast().run();
    assertThat(kept().revoked()).containsExactly(A);
    world.current.turn(A, false);
    free();
    assertThat(kept().revoked()).isEmpty();
    assertThat(world.files.text(PATH)).contains("1");
  }

  @Test
  void whatCannotBeNotedIsTriedAgainOnceForAllNews() {
    busy(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make());
    world.store.full = true;
    world.current.miss(A);
    busy.removeLast().run();
    int timers = world.time.pending();
    for (int news = 0; news < 20; news++) {
      world.current.turn(A, true);
      busy.removeLast().run();
    }
    assertThat(world.store.refused).isEqualTo(1);
    assertThat(world.time.pending()).isEqualTo(timers).isPositive();
  }

  @Test
  void whatStaysAnywayIsNotNoted() {
    busy(DeliveryWorld.of("app").make());
    int before = world.store.writes;
    world.current.miss(A);
    free();
    assertThat(world.store.writes).isEqualTo(before);
    assertThat(kept().revoked()).isEmpty();
  }

  private Kept kept() {
    return Objects.requireNonNull(world.transactions.call(world.store::all).get("app"));
  }

  @Test
  void whatTurnedStaleAfterItWasMissingIsTakenBack() {
    busy(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make());
    tellMissing();
    world.current.turn(A, true);
    free();
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void whatIsWithdrawnLastIsTakenBackAndWhatIsPutLastIsWritten() {
    busy(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make());
    world.current.put(A, content("v", "2"));
    world.current.withdraw(A, Reason.NOT_FOUND);
    free();
    assertThat(world.files.text(PATH)).isEmpty();
    world.couriers = busy::add;
    world.current.withdraw(A, Reason.NOT_FOUND);
    world.current.put(A, content("v", "3"));
    free();
    assertThat(world.files.text(PATH)).contains("3");
  }

  @Test
  void aChangeBetweenListeningAndTheStartIsWrittenOverWhatIsKept() throws Exception {
    Delivery leaving = DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.KEEP).make();
    world.started(leaving).close();
    assertThat(world.files.text(PATH)).isEmpty();
    world.current.onListen =
        () -> {
          world.current.put(A, content("v", "2"));
          assertThat(world.files.text(PATH)).contains("2");
          world.current.forget(A);
        };
    Deliveries next = world.started(leaving);
    next.close();
    assertThat(world.files.text(PATH)).as("this life wrote it").isEmpty();
  }
}
