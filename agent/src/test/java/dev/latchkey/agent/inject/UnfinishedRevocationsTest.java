package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.B;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.DeliveryWorld.raw;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * That what was revoked goes, though not at the first attempt or not in the same life, and that
 * what was not revoked is kept away by nothing.
 */
class UnfinishedRevocationsTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final DeliveryWorld world = new DeliveryWorld();
  private final Delivery removing =
      DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make();

  private DeliveryState state(Deliveries deliveries) {
    return deliveries.states().getFirst();
  }

  private Deliveries written(Delivery delivery) {
    world.current.putUntold(A, content("v", "one"));
    Deliveries deliveries = world.started(delivery);
    assertThat(world.files.text(PATH)).contains("one");
    return deliveries;
  }

  private void kill() {
    world.time.drop();
    world.current.listeners.clear();
  }

  private static SecretException full() {
    return SecretException.of(Reason.LIMIT_EXCEEDED, "the audit is full");
  }

  @Test
  void whatCouldNotBeTakenBackIsTriedAgainInAnOutageAndSaysSoUntilThen() {
    Deliveries deliveries = written(removing);
    world.auditFailure = full();
    world.current.withdraw(A, Reason.UNAVAILABLE);
    world.time.advance(Duration.ofMinutes(10));
    assertThat(world.files.text(PATH)).contains("one");
    assertThat(state(deliveries).problem())
        .startsWith("what was written is still there and cannot be taken back: the audit is full")
        .endsWith("a cannot be had");
    world.auditFailure = null;
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.files.text(PATH)).isEmpty();
    world.time.advance(Duration.ofMinutes(1));
    assertThat(state(deliveries).problem()).isEqualTo("a cannot be had");
    assertThat(world.audited).containsOnlyOnce("file:app REMOVE");
  }

  @Test
  void whatCouldNotBeTakenBackIsTakenBackByTheNextLifeThoughNothingCanBeRead() {
    written(removing);
    world.auditFailure = full();
    world.current.withdraw(A, Reason.UNAVAILABLE);
    kill();
    world.auditFailure = null;
    world.started(removing);
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void whatCouldNotBeTakenBackIsNotTakenForGoodByTheNextLifeFromWhatIsKept() {
    written(removing);
    world.files.failAsAFullDisk();
    world.current.miss(A);
    assertThat(world.files.text(PATH)).contains("one");
    kill();
    world.files.failure = null;
    Deliveries next = world.started(removing);
    assertThat(world.files.text(PATH)).isEmpty();
    world.time.advance(HOUR);
    assertThat(state(next).problem()).startsWith("a was revoked");
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void whatCouldNotBeTakenBackIsWrittenOverWhenItsSecretIsGoodAgain() {
    Deliveries deliveries = written(removing);
    world.auditFailure = full();
    world.current.withdraw(A, Reason.NOT_FOUND);
    world.auditFailure = null;
    world.current.put(A, content("v", "two"));
    assertThat(world.files.text(PATH)).contains("two");
    assertThat(state(deliveries).problem()).isEmpty();
    world.time.advance(HOUR);
    assertThat(world.files.text(PATH)).contains("two");
  }

  private Delivery both() {
    return DeliveryWorld.of("app")
        .writing(raw("a", A), raw("b", B))
        .leaving(Leaving.KEEP, Leaving.REMOVE)
        .make();
  }

  @Test
  void anOutageOfAnotherSecretDoesNotKeepAwayWhatWasRevokedAndPutAgain() {
    world.current.putUntold(A, content("v", "a1"));
    world.current.putUntold(B, content("v", "b1"));
    Deliveries deliveries = world.started(both());
    world.current.turn(B, true);
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(world.files.there).isEmpty();
    world.current.put(A, content("v", "a2"));
    assertThat(world.files.there.get(PATH)).isEqualTo(Map.of("a", "a2", "b", "b1"));
    assertThat(state(deliveries).problem()).isEmpty();
  }

  @Test
  void whichSecretWasRevokedIsKnownToTheNextLifeToo() {
    world.current.putUntold(A, content("v", "a1"));
    world.current.putUntold(B, content("v", "b1"));
    world.started(both());
    world.current.miss(B);
    assertThat(world.files.there).isEmpty();
    kill();
    world.time.advance(Duration.ofSeconds(1));
    Deliveries next = world.started(both());
    assertThat(state(next).problem()).startsWith("b was revoked");
    world.current.turn(A, true);
    world.current.put(B, content("v", "b2"));
    assertThat(world.files.there.get(PATH)).isEqualTo(Map.of("a", "a1", "b", "b2"));
  }

  @Test
  void whereNothingWasWrittenNothingWasRevoked() {
    world.current.putUntold(A, content("v", "a1"));
    world.current.putUntold(B, content("v", "b1"));
    world.current.lives(A, world.time.now());
    world.current.miss(B);
    world.started(both());
    kill();
    world.time.advance(Duration.ofSeconds(1));
    world.started(both());
    world.current.put(A, content("v", "a2"));
    assertThat(world.files.there.get(PATH)).isEqualTo(Map.of("a", "a2", "b", "b1"));
  }
}
