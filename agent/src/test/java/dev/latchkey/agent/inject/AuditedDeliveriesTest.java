package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.B;
import static dev.latchkey.agent.inject.DeliveryWorld.raw;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That whatever the audit was told of, and then failed, is told as failed: which secret it was. */
class AuditedDeliveriesTest {

  private final DeliveryWorld world = new DeliveryWorld();

  @BeforeEach
  void put() {
    world.current.putUntold(A, content("v", "a1"));
  }

  @Test
  void whatTheStoreCannotKeepIsToldAsFailed() {
    world.started(DeliveryWorld.of("app").reloading().make());
    world.store.full = true;
    world.current.put(A, content("v", "a2"));
    assertThat(world.audited)
        .containsExactly("file:app a 1", "file:app a 2", "file:app a 2 failed: SecretException");
  }

  @Test
  void whatCannotBeWrittenIsToldAsFailed() {
    world.files.beforeWrite =
        () -> {
          throw new IllegalStateException("unforeseen");
        };
    world.started(DeliveryWorld.of("app").make());
    assertThat(world.audited)
        .containsExactly("file:app a 1", "file:app a 1 failed: IllegalStateException");
  }

  @Test
  void ofSeveralEachThatTheAuditTookIsToldAsFailed() {
    world.current.putUntold(B, content("v", "b1"));
    int[] delivered = {0};
    world.onDelivers =
        () -> {
          if (++delivered[0] == 2) {
            throw SecretException.of(Reason.LIMIT_EXCEEDED, "the audit is full");
          }
        };
    world.started(DeliveryWorld.of("app").writing(raw("a", A), raw("b", B)).make());
    assertThat(world.audited).hasSize(2);
    assertThat(world.audited.getLast())
        .isEqualTo(world.audited.getFirst() + " failed: SecretException");
  }

  @Test
  void whatCannotBeTakenBackIsToldAsFailed() {
    world.started(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make());
    world.files.failAsAFullDisk();
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(world.audited)
        .startsWith(
            "file:app a 1", "file:app REMOVE", "file:app failed: REMOVE UncheckedIOException");
  }
}
