package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.B;
import static dev.latchkey.agent.inject.DeliveryWorld.HUP;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.DeliveryWorld.raw;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.lifecycle.ComponentHealth.Level;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of files whose secret is good no more, and of files that are somebody else's. */
class RevokedDeliveriesTest {

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

  @Test
  void aLeaseThatEndsWithoutASuccessorTakesTheFileBack() {
    Deliveries deliveries = written(removing);
    world.current.lives(A, world.time.now());
    assertThat(world.files.text(PATH)).isEmpty();
    assertThat(state(deliveries).condition()).isEqualTo(DeliveryState.Condition.REMOVED);
    world.current.put(A, content("v", "two"));
    assertThat(world.files.text(PATH)).contains("two");
  }

  @Test
  void aLeaseThatRunsOutUnnoticedTakesTheFileBackAtItsEnd() {
    written(removing);
    world.current.lives(A, world.time.now().plus(HOUR));
    world.time.advance(HOUR.minusMillis(1));
    assertThat(world.files.text(PATH)).contains("one");
    world.time.advance(Duration.ofMillis(1));
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void aLeaseThatIsRenewedInTimeTakesNothingBack() {
    written(removing);
    world.current.lives(A, world.time.now().plus(HOUR));
    world.time.advance(HOUR.minusSeconds(1));
    world.current.lives(A, world.time.now().plus(HOUR.multipliedBy(3)));
    world.time.advance(HOUR);
    assertThat(world.files.text(PATH)).contains("one");
    assertThat(world.files.writes).isEqualTo(1);
  }

  @Test
  void aLeaseThatEndedWhileTheClockJumpedIsSeenWhenThatIsTold() {
    Deliveries deliveries = written(removing);
    world.current.lives(A, world.time.now().plus(HOUR));
    world.time.jump(HOUR.multipliedBy(2));
    assertThat(world.files.text(PATH)).contains("one");
    deliveries.planAgain();
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void theEndOfALeaseIsTakenBackAtOnceAlsoWhileAReloadSettles() {
    written(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).reloading().make());
    world.current.put(A, content("v", "two"));
    world.current.lives(A, world.time.now());
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void aFileThatIsKeptAfterTheEndOfItsLeaseIsNotUpToDate() {
    Deliveries deliveries = written(DeliveryWorld.of("app").make());
    world.current.lives(A, world.time.now());
    assertThat(world.files.text(PATH)).contains("one");
    assertThat(deliveries.gates().getFirst().health().level()).isEqualTo(Level.DEGRADED);
  }

  @Test
  void aSecretThatItsManagerHasNoMoreIsTakenBackAndNotWrittenAgainFromWhatIsServedStale() {
    Deliveries deliveries = written(removing);
    world.current.miss(A);
    assertThat(world.current.peek(A)).as("still served").isPresent();
    assertThat(world.files.text(PATH)).isEmpty();
    world.time.advance(HOUR);
    world.current.miss(A);
    assertThat(world.files.text(PATH)).isEmpty();
    assertThat(state(deliveries).problem()).isEqualTo("a is at its backend no more");
    assertThat(world.files.writes).isEqualTo(1);
    world.current.turn(A, false);
    assertThat(world.files.text(PATH)).as("undeleted").contains("one");
    assertThat(state(deliveries).problem()).isEmpty();
  }

  @Test
  void anOutageAfterwardsDoesNotBringBackWhatItsManagerHasNoMore() {
    written(removing);
    world.current.miss(A);
    world.current.turn(A, true);
    world.time.advance(HOUR);
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void whatIsKeptThoughItIsMissingIsWrittenOn() {
    world.current.putUntold(B, content("v", "b1"));
    world.current.putUntold(A, content("v", "a1"));
    world.started(DeliveryWorld.of("app").writing(raw("a", A), raw("b", B)).make());
    world.current.miss(A);
    world.current.put(B, content("v", "b2"));
    assertThat(world.files.there.get(PATH)).isEqualTo(Map.of("a", "a1", "b", "b2"));
  }

  @Test
  void ofSeveralSecretsOneThatIsGoneTellsMoreThanOneThatIsOutOfReach() {
    world.current.putUntold(A, content("v", "a1"));
    world.current.putUntold(B, content("v", "b1"));
    Delivery both =
        DeliveryWorld.of("app")
            .writing(raw("a", A), raw("b", B))
            .leaving(Leaving.KEEP, Leaving.REMOVE)
            .make();
    world.started(both);
    world.current.outOfReach(A);
    world.current.withdraw(B, Reason.NOT_FOUND);
    assertThat(world.files.there).isEmpty();
  }

  @Test
  void aFileThatSomebodyElseWroteIsNotTakenAway() throws Exception {
    world.files.there.put(PATH, new HashMap<>(Map.of("file", "by hand")));
    world.current.missing = Reason.NOT_FOUND;
    Deliveries deliveries =
        world.started(DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.REMOVE).make());
    assertThat(world.files.text(PATH)).contains("by hand");
    deliveries.close();
    assertThat(world.files.text(PATH)).contains("by hand");
    assertThat(world.audited).isEmpty();
  }

  @Test
  void whatAnEarlierLifeWroteIsTakenAwayAlsoWhenNothingCanBeRead() throws Exception {
    written(DeliveryWorld.of("app").make()).close();
    world.current.missing = Reason.UNAVAILABLE;
    world.current.forget(A);
    Deliveries restarted =
        world.started(DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.KEEP).make());
    restarted.close();
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void whatWasWrittenElsewhereSaysNothingOfAFileAtTheNewPath() throws Exception {
    written(DeliveryWorld.of("app").make()).close();
    var other = java.nio.file.Path.of("/run/app/other");
    world.files.there.put(other, new HashMap<>(Map.of("file", "by hand")));
    world.current.withdraw(A, Reason.NOT_FOUND);
    world.started(
        DeliveryWorld.of("app").at(other.toString()).leaving(Leaving.KEEP, Leaving.REMOVE).make());
    assertThat(world.files.text(other)).contains("by hand");
  }

  @Test
  void whatCannotBeTakenBackSaysSoFirstCountsOnceInARoundAndIsToldOnce() {
    Deliveries deliveries = written(removing);
    world.files.failure = new UncheckedIOException(new IOException("a read-only file system"));
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(state(deliveries).problem())
        .startsWith("what was written is still there and cannot be taken back: the file system");
    long before = state(deliveries).failures();
    world.time.advance(Duration.ofMinutes(30));
    assertThat(state(deliveries).failures() - before).isBetween(25L, 110L);
    assertThat(world.events.stream().filter(AgentEvent.DeliveryFailed.class::isInstance))
        .hasSizeLessThanOrEqualTo(2);
    assertThat(deliveries.gates().getFirst().health().reason()).contains("still there");
    world.files.failure = null;
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void whatTheAuditCannotTakeIsNotTakenBack() {
    written(removing);
    world.auditFailure = SecretException.of(Reason.LIMIT_EXCEEDED, "the audit is full");
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(world.files.text(PATH)).contains("one");
    world.auditFailure = null;
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.files.text(PATH)).isEmpty();
    assertThat(world.audited).containsExactly("file:app a 1", "file:app REMOVE");
  }

  @Test
  void theProgramIsToldThatItsFileWasTakenBackAndOfTheNextValue() {
    written(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).reloading().make());
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(world.reloads).containsExactly(HUP);
    world.time.advance(HOUR);
    world.current.put(A, content("v", "two"));
    assertThat(world.files.text(PATH)).contains("two");
    assertThat(world.reloads).hasSize(2);
    assertThat(world.store.isDue("app")).isFalse();
  }

  @Test
  void theProgramIsToldOfWhatIsWrittenAfterTheAgentRemovedItAtItsEnd() throws Exception {
    Delivery left =
        DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.KEEP).reloading().make();
    written(left).close();
    assertThat(world.files.text(PATH)).isEmpty();
    assertThat(world.reloads).as("the end waits for no program").isEmpty();
    world.started(left);
    assertThat(world.files.text(PATH)).contains("one");
    assertThat(world.reloads).containsExactly(HUP);
  }

  @Test
  void whatIsBlankAlreadyIsNotBlankedAtEachStart() {
    Delivery blanking =
        DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.BLANK).reloading().make();
    written(blanking);
    world.current.withdraw(A, Reason.NOT_FOUND);
    world.time.drop();
    world.current.listeners.clear();
    world.started(blanking);
    assertThat(world.files.text(PATH)).contains("");
    assertThat(world.audited).containsOnlyOnce("file:app BLANK");
    assertThat(world.reloads).hasSize(1);
  }

  @Test
  void anEndThatCannotTakeBackSaysSo() {
    Deliveries deliveries =
        written(DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.KEEP).make());
    world.files.failAsAFullDisk();
    assertThatThrownBy(deliveries::close).isInstanceOf(SecretException.class);
    assertThat(world.audited).last().asString().startsWith("file:app failed: ");
  }
}
