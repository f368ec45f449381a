package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.B;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.DeliveryWorld.raw;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.inject.DeliveryState.Condition;
import dev.latchkey.agent.secret.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That a backend which takes its time to answer keeps neither a revocation nor the end waiting. */
class SlowBackendTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final DeliveryWorld world = new DeliveryWorld();
  private final Deque<Runnable> unanswered = new ArrayDeque<>();
  private final Delivery leaving =
      DeliveryWorld.of("app").leaving(Leaving.REMOVE, Leaving.REMOVE).make();
  private final Delivery both =
      DeliveryWorld.of("app")
          .writing(raw("a", A), raw("b", B))
          .leaving(Leaving.KEEP, Leaving.REMOVE)
          .make();

  private Deliveries written(Delivery delivery) {
    world.current.putUntold(A, content("v", "a1"));
    world.current.putUntold(B, content("v", "b1"));
    Deliveries deliveries = world.started(delivery);
    assertThat(world.files.there).containsKey(PATH);
    return deliveries;
  }

  private void hang() {
    world.loadThreads = unanswered::add;
  }

  /** The same agent again, after a kill; its backend does not answer. */
  private Deliveries killedAndStarted(Delivery delivery) {
    world.time.drop();
    world.current.listeners.clear();
    hang();
    return world.started(delivery);
  }

  @Test
  void theEndLeavesWhatAnEarlierLifeWroteWhileTheFirstReadHangs() throws Exception {
    written(leaving);
    Deliveries restarted = killedAndStarted(leaving);
    assertThat(unanswered).hasSize(1);
    restarted.close();
    assertThat(world.files.there).isEmpty();
    unanswered.remove().run();
    assertThat(world.files.there).as("after the end nothing is written").isEmpty();
  }

  @Test
  void whatEndsIsTakenBackBeforeASuccessorIsLookedFor() {
    hang();
    Deliveries deliveries = world.started(leaving);
    world.current.putUntold(A, content("v", "a1"));
    unanswered.remove().run();
    assertThat(world.files.text(PATH)).contains("a1");
    world.current.lives(A, world.time.now().plus(HOUR));
    world.time.advance(HOUR);
    assertThat(world.files.there).isEmpty();
    assertThat(deliveries.states().getFirst().condition()).isEqualTo(Condition.REMOVED);
    world.current.putUntold(A, content("v", "a2"));
    assertThat(unanswered).as("it is being looked for").hasSize(1);
    unanswered.remove().run();
    assertThat(world.files.text(PATH)).contains("a2");
  }

  @Test
  void whatEndedWhileTheAgentWasDownIsTakenBackBeforeTheFirstRead() {
    written(leaving);
    world.current.lives(A, world.time.now().plus(HOUR));
    world.time.drop();
    world.time.advance(HOUR);
    assertThat(world.files.there).isNotEmpty();
    Deliveries restarted = killedAndStarted(leaving);
    assertThat(unanswered).hasSize(1);
    assertThat(world.files.there).isEmpty();
    assertThat(restarted.states().getFirst().condition()).isEqualTo(Condition.REMOVED);
  }

  @Test
  void whatIsDeletedWhileAnotherSecretIsWaitedForIsTakenBackAndNotWrittenAgain() {
    written(both);
    killedAndStarted(both);
    int[] reads = {0};
    world.current.duringRead =
        () -> {
          if (++reads[0] == 2) {
            world.current.withdraw(A, Reason.NOT_FOUND);
            world.current.withdraw(B, Reason.NOT_FOUND);
            assertThat(world.files.there).as("while the read hangs").isEmpty();
          }
        };
    unanswered.remove().run();
    assertThat(reads[0]).isEqualTo(2);
    assertThat(world.files.there).as("of what was read before").isEmpty();
    assertThat(world.files.writes).isEqualTo(1);
  }

  @Test
  void whatIsAtItsBackendNoMoreWhileAnotherIsWaitedForIsNotWrittenAgain() {
    written(both);
    killedAndStarted(both);
    world.current.duringRead =
        () -> {
          world.current.duringRead = () -> {};
          world.current.miss(A);
          assertThat(world.files.there).isEmpty();
        };
    unanswered.remove().run();
    assertThat(world.files.there).isEmpty();
  }

  @Test
  void whatChangesWhileItIsWaitedForIsWrittenAsItIsThen() {
    written(both);
    hang();
    world.current.put(B, content("v", "b2"));
    world.current.put(A, content("v", "a2"));
    assertThat(unanswered).as("one at a time").hasSize(1);
    unanswered.remove().run();
    assertThat(world.files.there.get(PATH)).isEqualTo(Map.of("a", "a2", "b", "b2"));
    assertThat(unanswered).as("nothing else is to be written").isEmpty();
  }

  @Test
  void aFailureOfWhatCameFreshMeanwhileTakesNothingBackAndIsTriedAtOnce() {
    written(leaving);
    killedAndStarted(leaving);
    world.current.put(A, content("v", "a2"));
    world.current.missing = Reason.NOT_FOUND;
    world.current.forget(A);
    unanswered.remove().run();
    assertThat(world.files.text(PATH)).contains("a1");
    assertThat(unanswered).hasSize(1);
    world.current.putUntold(A, content("v", "a3"));
    unanswered.remove().run();
    assertThat(world.files.text(PATH)).contains("a3");
  }

  @Test
  void whatWasReadWhenAReloadBeganMeanwhileIsNotSwappedBeforeThatHasSettled() {
    Deque<Runnable> commands = new ArrayDeque<>();
    world.reloadThreads = commands::add;
    hang();
    world.started(
        DeliveryWorld.of("app")
            .leaving(Leaving.KEEP, Leaving.REMOVE)
            .reloading(DeliveryWorld.HOOK)
            .make());
    world.current.putUntold(A, content("v", "a1"));
    unanswered.remove().run();
    world.current.put(A, content("v", "a2"));
    world.current.withdraw(A, Reason.NOT_FOUND);
    assertThat(commands).as("to be told of the removal").hasSize(1);
    world.current.put(A, content("v", "a3"));
    world.whileTold = unanswered.remove();
    commands.remove().run();
    assertThat(world.files.there).isEmpty();
    world.time.advance(Duration.ofSeconds(10));
    unanswered.remove().run();
    assertThat(world.files.text(PATH)).contains("a3");
  }

  @Test
  void threadsThatCannotBeHadAreAFailureThatIsTriedAgain() {
    world.loadThreads =
        task -> {
          throw new StackOverflowError("for want of a thread");
        };
    world.current.putUntold(A, content("v", "a1"));
    Deliveries deliveries = world.started(leaving);
    assertThat(deliveries.states().getFirst().problem())
        .isEqualTo("unexpectedly, StackOverflowError");
  }
}
