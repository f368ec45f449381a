package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.B;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.DeliveryWorld.raw;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.ComponentHealth.Level;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DeliveriesTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final DeliveryWorld world = new DeliveryWorld();

  private static ComponentHealth health(Deliveries deliveries) {
    return deliveries.gates().getFirst().health();
  }

  private static boolean isOpen(Deliveries deliveries) {
    return deliveries.gates().getFirst().isOpen();
  }

  private static DeliveryState state(Deliveries deliveries) {
    return deliveries.states().getFirst();
  }

  @Test
  void aChangeIsWrittenAtOnceAndOneOfAnotherSecretIsNot() {
    world.current.putUntold(A, content("v", "one"));
    world.started(DeliveryWorld.of("app").make());
    assertThat(world.files.text(PATH)).contains("one");
    world.current.put(A, content("v", "two"));
    assertThat(world.files.text(PATH)).contains("two");
    int reads = world.current.reads;
    world.current.put(B, content("v", "other"));
    assertThat(world.current.reads).isEqualTo(reads);
    assertThat(world.files.writes).isEqualTo(2);
    assertThat(world.time.pending()).isZero();
  }

  @Test
  void aTurnBetweenFreshAndStaleOrARenewalReadsAndWritesNothing() {
    world.current.putUntold(A, content("v", "one"));
    world.started(DeliveryWorld.of("app").make());
    int reads = world.current.reads;
    world.current.tellAgain(A);
    assertThat(world.current.reads).isEqualTo(reads);
  }

  @Test
  void untilARequiredFileIsWrittenTheGateIsShutAndNamesIt() {
    Deliveries deliveries = world.started(DeliveryWorld.of("app").make());
    assertThat(isOpen(deliveries)).isFalse();
    assertThat(health(deliveries))
        .isEqualTo(
            ComponentHealth.unhealthy(
                "file:app", "/run/app/file is not written yet: a cannot be had"));
    world.current.put(A, content("v", "one"));
    assertThat(isOpen(deliveries)).isTrue();
    assertThat(health(deliveries)).isEqualTo(ComponentHealth.healthy("file:app"));
  }

  @Test
  void aFileThatIsNotRequiredShutsNoGate() {
    Deliveries deliveries = world.started(DeliveryWorld.of("app").optional().make());
    assertThat(isOpen(deliveries)).isTrue();
    assertThat(health(deliveries).level()).isEqualTo(Level.DEGRADED);
  }

  @Test
  void aFailedWriteIsTriedAgainWithBackoffCountedAndToldOnce() {
    world.current.putUntold(A, content("v", "one"));
    Deliveries deliveries = world.started(DeliveryWorld.of("app").make());
    world.files.failAsAFullDisk();
    world.current.put(A, content("v", "two"));
    assertThat(health(deliveries).level()).isEqualTo(Level.DEGRADED);
    assertThat(health(deliveries).reason())
        .isEqualTo(
            "/run/app/file is not up to date: the file system failed: java.io.IOException: no"
                + " space left on device");
    assertThat(isOpen(deliveries)).as("the older value is there").isTrue();
    world.time.advance(Duration.ofMinutes(30));
    assertThat(state(deliveries).failures()).isBetween(30L, 120L);
    assertThat(world.events).hasOnlyElementsOfType(AgentEvent.DeliveryFailed.class).hasSize(1);
    world.files.failure = null;
    world.time.advance(MINUTE);
    assertThat(world.files.text(PATH)).contains("two");
    assertThat(health(deliveries).level()).isEqualTo(Level.HEALTHY);
  }

  @Test
  void aChangeIsNewHopeForWhatFailed() {
    Deliveries deliveries = world.started(DeliveryWorld.of("app").make());
    world.time.advance(Duration.ofMinutes(10));
    world.current.put(A, content("v", "one"));
    assertThat(state(deliveries).condition()).isEqualTo(DeliveryState.Condition.WRITTEN);
  }

  @Test
  void whatCannotBeRenderedLeavesTheOldFile() {
    world.current.putUntold(A, content("v", "one"));
    Deliveries deliveries = world.started(DeliveryWorld.of("app").make());
    world.current.put(A, content("v", "two", "w", "three"));
    assertThat(world.files.text(PATH)).contains("one");
    assertThat(health(deliveries).reason()).contains("name one of them by field");
  }

  @Test
  void changesWithinTheQuietWindowAreJoinedButNotForEver() {
    world.current.putUntold(A, content("v", "0"));
    world.started(DeliveryWorld.of("app").quiet(Duration.ofSeconds(1)).make());
    assertThat(world.files.text(PATH)).as("the start waits for nothing").contains("0");
    for (int i = 1; i <= 3; i++) {
      world.current.put(A, content("v", "" + i));
      world.time.advance(Duration.ofMillis(900));
    }
    assertThat(world.files.writes).isEqualTo(1);
    world.time.advance(Duration.ofMillis(100));
    assertThat(world.files.text(PATH)).contains("3");
    assertThat(world.files.writes).isEqualTo(2);
    for (int i = 4; i <= 13; i++) {
      world.current.put(A, content("v", "" + i));
      world.time.advance(Duration.ofMillis(900));
    }
    assertThat(world.files.writes).as("at the latest after four windows").isEqualTo(4);
  }

  @Test
  void aSetIsRenderedFromValuesThatWereCurrentTogether() {
    world.current.putUntold(A, content("v", "a1"));
    world.current.putUntold(B, content("v", "b1"));
    int[] changes = {2};
    world.current.duringRead =
        () -> {
          if (changes[0]-- > 0) {
            world.current.putUntold(A, content("v", "a-later-" + changes[0]));
            world.current.putUntold(B, content("v", "b-later-" + changes[0]));
          }
        };
    world.started(DeliveryWorld.of("app").writing(raw("a", A), raw("b", B)).make());
    assertThat(world.files.there.get(PATH)).isEqualTo(Map.of("a", "a-later-0", "b", "b-later-0"));
  }

  @Test
  void secretsThatNeverStandStillAreAFailureAndNotAMix() {
    world.current.putUntold(A, content("v", "a"));
    world.current.duringRead = () -> world.current.putUntold(A, content("v", "again"));
    Deliveries deliveries = world.started(DeliveryWorld.of("app").make());
    assertThat(world.files.writes).isZero();
    assertThat(health(deliveries).reason()).contains("change faster than they can be read");
  }

  @Test
  void whatIsRotatedIsKeptAsHeldBeforeItIsWrittenAndIsNeverAcknowledged() {
    world.rotated = true;
    world.current.putUntold(A, content("v", "one"));
    world.files.failAsAFullDisk();
    Deliveries deliveries =
        new Deliveries(
            java.util.List.of(DeliveryWorld.of("app").reloading().make()), world.context());
    assertThatThrownBy(deliveries::start).isInstanceOf(java.io.UncheckedIOException.class);
    world.files.failure = null;
    deliveries.start();
    Holder holder = new Holder(Holder.Kind.FILE, "file:app", false);
    assertThat(world.holders.isKept(holder, A, 1)).isTrue();
    world.files.failAsAFullDisk();
    world.current.put(A, content("v", "two"));
    assertThat(world.holders.isKept(holder, A, 2)).as("before the write that failed").isTrue();
    world.files.failure = null;
    world.time.advance(MINUTE);
    assertThat(world.reloads).isNotEmpty();
    assertThat(world.holders.allAcknowledged(A, 2)).isFalse();
  }

  @Test
  void thePreviousLoginThatIsWrittenTooIsHeldAndAuditedToo() {
    world.rotated = true;
    world.current.putUntold(A, content("username", "app_a", "password", "old"));
    world.current.putUntold(A, content("username", "app_b", "password", "new"));
    PgServiceFormat pair = new PgServiceFormat(A, "app", new TreeMap<>());
    world.started(DeliveryWorld.of("app").writing(new Delivery.Entry("app", pair)).make());
    assertThat(world.holders.of(A))
        .singleElement()
        .satisfies(
            holding -> {
              assertThat(holding.version()).isEqualTo(2);
              assertThat(holding.acknowledged()).as("it may use the one before").isEqualTo(1);
            });
    assertThat(world.holders.allAcknowledged(A, 2)).isFalse();
    assertThat(world.audited).containsExactly("file:app a 1", "file:app a 2");
  }

  @Test
  void everyDeliveryIsAuditedFirstAndNotMadeWhenTheAuditIsFull() {
    world.current.putUntold(A, content("v", "one"));
    Deliveries deliveries = world.started(DeliveryWorld.of("app").make());
    assertThat(world.audited).containsExactly("file:app a 1");
    world.auditFailure = SecretException.of(Reason.LIMIT_EXCEEDED, "the audit is full");
    world.current.put(A, content("v", "two"));
    assertThat(world.files.text(PATH)).contains("one");
    world.auditFailure = null;
    world.time.advance(MINUTE);
    assertThat(world.files.text(PATH)).contains("two");
    assertThat(state(deliveries).failures()).isEqualTo(1);
  }

  @Test
  void aRevocationDoesWhatOnRevokedSaysAndTheNextValueIsWrittenAgain() {
    for (Leaving leaving : Leaving.values()) {
      DeliveryWorld fresh = new DeliveryWorld();
      fresh.current.putUntold(A, content("v", "one"));
      Deliveries deliveries =
          fresh.started(DeliveryWorld.of("app").leaving(Leaving.KEEP, leaving).make());
      fresh.current.withdraw(A, Reason.NOT_FOUND);
      switch (leaving) {
        case KEEP -> assertThat(fresh.files.text(PATH)).contains("one");
        case BLANK -> assertThat(fresh.files.text(PATH)).contains("");
        case REMOVE -> assertThat(fresh.files.text(PATH)).isEmpty();
      }
      assertThat(isOpen(deliveries)).isEqualTo(leaving == Leaving.KEEP);
      assertThat(health(deliveries).reason()).contains("a cannot be had");
      fresh.time.advance(Duration.ofMinutes(10));
      assertThat(fresh.audited).hasSize(leaving == Leaving.KEEP ? 1 : 2);
      fresh.current.put(A, content("v", "two"));
      assertThat(fresh.files.text(PATH)).contains("two");
      assertThat(health(deliveries).level()).isEqualTo(Level.HEALTHY);
    }
  }

  @Test
  void anOutageIsNoRevocation() {
    world.current.putUntold(A, content("v", "one"));
    world.started(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make());
    world.current.missing = Reason.UNAVAILABLE;
    Deliveries restarted =
        world.started(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make());
    assertThat(world.files.text(PATH)).contains("one");
    assertThat(restarted.states()).hasSize(1);
  }

  @Test
  void whatWasTakenAwayWhileTheAgentWasDownIsTakenBackAtItsStart() {
    world.current.putUntold(A, content("v", "one"));
    world.started(DeliveryWorld.of("app").make());
    world.current.withdraw(A, Reason.VERSION_DESTROYED);
    world.current.listeners.clear();
    assertThat(world.files.text(PATH)).contains("one");
    world.started(DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.REMOVE).make());
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void theEndDoesWhatOnExitSays() throws Exception {
    for (Leaving leaving : Leaving.values()) {
      DeliveryWorld fresh = new DeliveryWorld();
      fresh.current.putUntold(A, content("v", "one"));
      Deliveries deliveries =
          fresh.started(DeliveryWorld.of("app").leaving(leaving, Leaving.KEEP).make());
      deliveries.close();
      switch (leaving) {
        case KEEP -> assertThat(fresh.files.text(PATH)).contains("one");
        case BLANK -> assertThat(fresh.files.text(PATH)).contains("");
        case REMOVE -> assertThat(fresh.files.text(PATH)).isEmpty();
      }
      assertThat(fresh.current.listeners).isEmpty();
      assertThat(fresh.time.pending()).isZero();
    }
  }

  @Test
  void nothingIsWrittenAfterTheEnd() throws Exception {
    Deliveries deliveries =
        world.started(DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.KEEP).make());
    assertThat(world.time.pending()).isEqualTo(1);
    deliveries.close();
    world.current.putUntold(A, content("v", "one"));
    world.time.advance(MINUTE);
    assertThat(world.files.writes).isZero();
  }

  @Test
  void aPlaceThatIsRefusedStopsTheStart() {
    world.files.failure = new PlacementRefused(Path.of("/run/app"), "is a symlink");
    assertThatThrownBy(() -> world.started(DeliveryWorld.of("app").make()))
        .isInstanceOf(SecretException.class)
        .hasMessage("files.app: /run/app is a symlink");
  }

  @Test
  void aPlaceOnADiskIsTold() {
    world.files.onDisk = true;
    world.started(DeliveryWorld.of("app").make());
    assertThat(world.events)
        .anySatisfy(
            event ->
                assertThat(event).isEqualTo(new AgentEvent.DeliveryOnDisk("app", "/run/app/file")));
  }

  @Test
  void theEventsAreSentences() {
    assertThat(new AgentEvent.DeliveryOnDisk("app", "/x").message())
        .isEqualTo(
            "file app: /x lies on a disk; a place on tmpfs, such as below /run, forgets better");
    assertThat(new AgentEvent.DeliveryTakenBack("app", "x was taken away").message())
        .isEqualTo("file app: taken back: x was taken away");
    assertThat(new AgentEvent.ReloadFailed("app", "it ended with code 1").message())
        .isEqualTo("file app: reload failed, tried again: it ended with code 1");
    assertThat(new AgentEvent.DeliveryFailed("app", "x").severity())
        .isEqualTo(AgentEvent.Severity.WARNING);
  }
}
