package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.HUP;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whose a file is while it is written for the first time, and who may have read it. */
class FirstWritesTest {

  private final DeliveryWorld world = new DeliveryWorld();
  private final Delivery leaving =
      DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.REMOVE).make();

  private final Delivery telling =
      DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.REMOVE).reloading().make();

  private void fullDisk() {
    world.files.beforeWrite =
        () -> {
          throw new UncheckedIOException(new IOException("no space left on device"));
        };
  }

  private void byHand() {
    world.files.there.put(PATH, new HashMap<>(Map.of("file", "by hand")));
  }

  private void kill() {
    world.time.drop();
    world.current.listeners.clear();
    world.store.full = false;
  }

  @Test
  void aFileThatWasDeletedUnderItsProgramIsWrittenAgainAndTold() {
    world.current.putUntold(A, content("v", "0"));
    world.started(DeliveryWorld.of("app").reloading().make());
    world.files.there.remove(PATH);
    world.current.put(A, content("v", "1"));
    assertThat(world.files.text(PATH)).contains("1");
    assertThat(world.reloads).containsExactly(HUP);
  }

  @Test
  void aFileThatWasDeletedWhileTheAgentWasDownIsWrittenAgainAndTold() {
    world.current.putUntold(A, content("v", "0"));
    world.started(DeliveryWorld.of("app").reloading().make());
    kill();
    world.files.there.remove(PATH);
    world.started(DeliveryWorld.of("app").reloading().make());
    assertThat(world.reloads).containsExactly(HUP);
  }

  @Test
  void nobodyIsToldOfAFirstWriteThatAnEarlierLifeDidNotGetTo() {
    world.current.putUntold(A, content("v", "0"));
    world.files.beforeWrite =
        () -> {
          world.store.full = true;
          throw new IllegalStateException("killed");
        };
    world.started(DeliveryWorld.of("app").reloading().make());
    kill();
    world.files.beforeWrite = () -> {};
    world.started(DeliveryWorld.of("app").reloading().make());
    assertThat(world.files.text(PATH)).contains("0");
    assertThat(world.reloads).isEmpty();
  }

  @Test
  void whatSomebodyPutThereAfterTheFirstWriteFailedIsTheirs() throws Exception {
    world.current.putUntold(A, content("v", "0"));
    fullDisk();
    Deliveries deliveries = world.started(leaving);
    byHand();
    deliveries.close();
    assertThat(world.files.text(PATH)).contains("by hand");
    world.current.withdraw(A, Reason.NOT_FOUND);
    world.started(leaving).close();
    assertThat(world.files.text(PATH)).as("also for the next life").contains("by hand");
  }

  @Test
  void whatSomebodyPutThereBeforeAWriteThatFailedIsTheirs() throws Exception {
    world.current.putUntold(A, content("v", "0"));
    byHand();
    fullDisk();
    world.started(leaving).close();
    assertThat(world.files.text(PATH)).contains("by hand");
  }

  @Test
  void aFileThatWasSwappedOverSomebodyElsesBeforeAKillIsTakenBack() throws Exception {
    world.current.putUntold(A, content("v", "0"));
    byHand();
    world.files.beforeWrite = () -> world.store.full = true;
    world.started(leaving);
    assertThat(world.files.text(PATH)).contains("0");
    kill();
    world.current.withdraw(A, Reason.NOT_FOUND);
    world.started(leaving);
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void aFirstWriteWhoseLastSyncFailedIsTakenBack() throws Exception {
    world.current.putUntold(A, content("v", "0"));
    world.files.failureAfterSwap = new UncheckedIOException(new IOException("not synced"));
    Deliveries deliveries = world.started(leaving);
    assertThat(world.files.text(PATH)).contains("0");
    deliveries.close();
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void aFirstWriteOverSomebodyElsesWhoseLastSyncFailedIsTakenBack() throws Exception {
    world.current.putUntold(A, content("v", "0"));
    byHand();
    world.files.failureAfterSwap = new SyncFailed("not synced", new IOException());
    Deliveries deliveries = world.started(leaving);
    assertThat(world.files.text(PATH)).contains("0");
    deliveries.close();
    assertThat(world.files.text(PATH)).isEmpty();
  }

  @Test
  void aWriteOverWhatWasBlankedThatFailedMayHaveLeftTheValueSoItIsBlankedAgain() {
    world.current.putUntold(A, content("v", "0"));
    Delivery blanking = DeliveryWorld.of("app").leaving(Leaving.KEEP, Leaving.BLANK).make();
    world.started(blanking);
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(world.files.text(PATH)).contains("");
    world.files.failureAfterSwap = new UncheckedIOException(new IOException("not synced"));
    world.current.put(A, content("v", "1"));
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(world.files.text(PATH)).contains("");
  }

  @Test
  void aStateStoreThatIsFullKeepsNothingThatIsRevokedInPlace() {
    world.current.putUntold(A, content("v", "0"));
    Deliveries deliveries = world.started(telling);
    world.store.full = true;
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(world.files.text(PATH)).isEmpty();
    assertThat(deliveries.states().getFirst().problem()).isEqualTo("a cannot be had");
    world.store.full = false;
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.transactions.call(world.store::all).get("app"))
        .extracting(Kept::condition)
        .isEqualTo(DeliveryState.Condition.REMOVED);
  }

  @Test
  void aStateStoreThatIsFullKeepsNothingInPlaceAtTheEnd() throws Exception {
    world.current.putUntold(A, content("v", "0"));
    Deliveries deliveries = world.started(telling);
    world.store.full = true;
    deliveries.close();
    assertThat(world.files.text(PATH)).isEmpty();
  }
}
