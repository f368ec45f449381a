package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether there is anything left in files that the agent wrote, when it ends. */
class LeftDeliveriesTest {

  private final DeliveryWorld world = new DeliveryWorld();

  @BeforeEach
  void put() {
    world.current.putUntold(A, content("v", "one"));
  }

  private Deliveries started(Leaving onExit) {
    return world.started(DeliveryWorld.of("app").leaving(onExit, Leaving.KEEP).make());
  }

  @Test
  void whatIsRemovedOrBlankedIsLeftOnceTheAgentEnds() throws Exception {
    for (Leaving leaving : new Leaving[] {Leaving.REMOVE, Leaving.BLANK}) {
      Deliveries deliveries = started(leaving);
      assertThat(deliveries.isLeft("file:app")).isFalse();
      deliveries.close();
      assertThat(deliveries.isLeft("file:app")).isTrue();
    }
  }

  @Test
  void whatIsKeptOrWrittenByADeliveryThatIsNotDeclaredIsNotLeft() throws Exception {
    Deliveries deliveries = started(Leaving.KEEP);
    deliveries.close();
    assertThat(deliveries.isLeft("file:app")).isFalse();
    assertThat(deliveries.isLeft("file:other")).isFalse();
    assertThat(deliveries.areAllLeft()).isTrue();
  }

  @Test
  void whatFailsForAMomentIsTriedAgain() throws Exception {
    Deliveries deliveries = started(Leaving.REMOVE);
    AtomicInteger tries = new AtomicInteger();
    world.files.hangs =
        path -> {
          if (tries.incrementAndGet() == 1) {
            throw new UncheckedIOException(new IOException("input/output error"));
          }
        };
    deliveries.close();
    assertThat(tries).hasValue(2);
    assertThat(deliveries.isLeft("file:app")).isTrue();
    assertThat(world.files.there).isEmpty();
  }

  @Test
  void whatCannotBeRemovedIsNotLeft() {
    Deliveries deliveries = started(Leaving.REMOVE);
    world.files.failAsAFullDisk();
    assertThatThrownBy(deliveries::close)
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("app");
    assertThat(world.events)
        .last()
        .isInstanceOfSatisfying(
            AgentEvent.DeliveryNotLeft.class,
            left -> assertThat(left.message()).contains("/run/app/file", "no space left"));
    assertThat(deliveries.isLeft("file:app")).isFalse();
    assertThat(deliveries.areAllLeft()).isFalse();
  }

  @Test
  void aReloadThatCannotBeEndedKeepsNoFile() {
    world.onAbort =
        () -> {
          throw new IllegalStateException("no reload ends");
        };
    Deliveries deliveries = started(Leaving.REMOVE);
    assertThatThrownBy(deliveries::close).hasMessage("no reload ends");
    assertThat(world.files.there).isEmpty();
    assertThat(deliveries.areAllLeft()).isTrue();
  }

  @Test
  void endingTwiceLeavesOnce() throws Exception {
    Deliveries deliveries = started(Leaving.REMOVE);
    deliveries.close();
    deliveries.close();
    assertThat(world.audited).containsExactly("file:app a 1", "file:app REMOVE");
    assertThat(world.aborts).isEqualTo(1);
    assertThat(deliveries.isLeft("file:app")).isTrue();
  }
}
