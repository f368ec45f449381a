package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.B;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.inject.DeliveryState.Condition;
import dev.latchkey.agent.secret.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a file system that hangs below some deliveries does to others. */
class StuckFileSystemTest {

  private static final Path HUNG = Path.of("/mnt/away");
  private static final Path SOUND = Path.of("/run/app");
  private static final int MORE_THAN_WORK_AT_ONCE = FileThreads.AT_ONCE + 2;
  private static final Duration SOON = Duration.ofSeconds(20);

  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
  private final ExecutorService platform = Executors.newCachedThreadPool();
  private final DeliveryWorld world = new DeliveryWorld();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch forGood = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();
  private final AtomicInteger awaiting = new AtomicInteger();
  private long room = 1 << 20;
  private Leaving hungExit = Leaving.KEEP;
  private Leaving hungRevoked = Leaving.KEEP;

  @BeforeEach
  void hang() {
    world.current.putUntold(A, content("v", "one"));
    world.current.putUntold(B, content("v", "two"));
    world.couriers = virtual;
    world.loadThreads = virtual;
    world.files.hangs =
        path -> {
          if (path.startsWith(HUNG)) {
            hanging.incrementAndGet();
            awaitOpen(gate);
          }
        };
  }

  @AfterEach
  void end() {
    gate.countDown();
    forGood.countDown();
    virtual.close();
    platform.close();
  }

  private static void awaitOpen(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private Deliveries started() {
    return started(FileThreads.AT_ONCE);
  }

  private Deliveries startedWith(Delivery... deliveries) {
    world.fileThreads =
        new FileThreads(
            virtual,
            platform,
            path -> path.startsWith(HUNG) ? "hung" : "sound",
            room,
            world.time,
            world.time);
    return world.started(deliveries);
  }

  private Deliveries started(int atOnce) {
    List<Delivery> all = new ArrayList<>();
    for (int i = 0; i < MORE_THAN_WORK_AT_ONCE; i++) {
      all.add(
          DeliveryWorld.of("hung-" + i)
              .at(HUNG.resolve("file-" + i).toString())
              .leaving(hungExit, hungRevoked)
              .make());
    }
    all.add(
        DeliveryWorld.of("sound")
            .at(SOUND.resolve("file").toString())
            .writing(DeliveryWorld.raw("", B))
            .leaving(Leaving.REMOVE, Leaving.REMOVE)
            .make());
    Deliveries deliveries = startedWith(all.toArray(Delivery[]::new));
    await().atMost(SOON).until(() -> hanging.get() == atOnce);
    return deliveries;
  }

  private static DeliveryState state(Deliveries deliveries, String name) {
    return deliveries.states().stream()
        .filter(state -> state.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void othersAreWrittenAndTakenBackMeanwhile() {
    Deliveries deliveries = started();
    await().atMost(SOON).until(() -> state(deliveries, "sound").isThere());
    world.current.withdraw(B, Reason.NOT_FOUND);
    await().atMost(SOON).until(() -> state(deliveries, "sound").condition() == Condition.REMOVED);
    assertThat(world.files.there).doesNotContainKey(SOUND.resolve("file"));
  }

  @Test
  void itIsToldOnceAndUnsaidWhenItAnswers() {
    Deliveries deliveries = started();
    assertThat(state(deliveries, "hung-0").problem()).isEmpty();
    world.time.advance(FileThreads.PATIENCE);
    world.time.advance(FileThreads.PATIENCE);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(deliveries.states())
                    .filteredOn(state -> state.name().startsWith("hung"))
                    .allMatch(state -> state.problem().contains("does not answer")));
    assertThat(state(deliveries, "sound").problem()).isEmpty();
    assertThat(world.events)
        .filteredOn(AgentEvent.DeliveryFailed.class::isInstance)
        .hasSize(MORE_THAN_WORK_AT_ONCE);
    gate.countDown();
    await().atMost(SOON).until(() -> deliveries.states().stream().allMatch(DeliveryState::isThere));
    assertThat(deliveries.states()).allMatch(state -> state.problem().isEmpty());
  }

  @Test
  void whatIsRenderedForItKeepsNoRoomFromOthers() {
    room = WorkRoom.AT_ONCE;
    world.current.withdraw(B, Reason.NOT_FOUND);
    Deliveries deliveries = started(1);
    world.current.put(B, content("v", "two"));
    await().atMost(SOON).until(() -> state(deliveries, "sound").isThere());
    world.time.advance(FileThreads.PATIENCE);
    assertThat(state(deliveries, "sound").problem()).isEmpty();
  }

  @Test
  void theRoomOfAllIsBoundedButForWhatIsStuck() {
    FileThreads three =
        new FileThreads(
            virtual, platform, Path::toString, WorkRoom.AT_ONCE, world.time, world.time);
    AtomicInteger inside = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      Path own = Path.of("/mnt/" + i);
      virtual.execute(
          () -> {
            boolean _ =
                three.write(
                    own,
                    new Stuck(DeliveryWorld.of("x").make(), world.context()).writing(),
                    Long.MAX_VALUE,
                    room -> {
                      inside.incrementAndGet();
                      awaitOpen(gate);
                      return true;
                    });
          });
    }
    await().atMost(SOON).until(() -> inside.get() == 2);
    await().atMost(SOON).until(() -> world.time.pending() == 3);
    assertThat(inside).as("room for two").hasValue(2);
    await()
        .atMost(SOON)
        .until(
            () -> {
              world.time.advance(FileThreads.PATIENCE);
              return inside.get() == 3;
            });
  }

  @Test
  void whatIsRevokedBelowItIsKeptBeforeItAnswersAndSaidFirst() {
    Deliveries deliveries = started();
    gate.countDown();
    await().atMost(SOON).until(() -> deliveries.states().stream().allMatch(DeliveryState::isThere));
    world.files.hangs =
        path -> {
          awaiting.incrementAndGet();
          awaitOpen(forGood);
        };
    world.current.withdraw(B, Reason.NOT_FOUND);
    await().atMost(SOON).until(() -> awaiting.get() == 1);
    Map<String, Kept> kept = world.transactions.call(world.store::all);
    assertThat(kept).extractingByKey("sound").extracting(Kept::revoked).isEqualTo(Set.of(B));
    world.time.advance(FileThreads.PATIENCE);
    assertThat(state(deliveries, "sound").problem()).contains("still there", "does not answer");
    forGood.countDown();
  }

  @Test
  void whatIsGoneFromTheBackendIsKeptAlsoOfAWriteThatWaitsForItsTurn() {
    hungRevoked = Leaving.REMOVE;
    Deliveries deliveries = started();
    gate.countDown();
    await().atMost(SOON).until(() -> deliveries.states().stream().allMatch(DeliveryState::isThere));
    world.files.hangs =
        path -> {
          awaiting.incrementAndGet();
          awaitOpen(forGood);
        };
    world.current.put(A, content("v", "newer"));
    await().atMost(SOON).until(() -> awaiting.get() == FileThreads.AT_ONCE);
    world.current.miss(A);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(world.transactions.call(world.store::all))
                    .hasEntrySatisfying(
                        "sound", sound -> assertThat(sound.revoked()).as("of B").isEmpty())
                    .allSatisfy(
                        (name, kept) -> {
                          if (name.startsWith("hung")) {
                            assertThat(kept.revoked()).as(name).containsExactly(A);
                          }
                        }));
    assertThat(awaiting).hasValue(FileThreads.AT_ONCE);
  }

  @Test
  void whatStaysAtTheEndIsNotWaitedForLong() throws Exception {
    Deliveries deliveries = started();
    await().atMost(SOON).until(() -> state(deliveries, "sound").isThere());
    deliveries.close();
    assertThat(world.events).noneMatch(AgentEvent.DeliveryNotLeft.class::isInstance);
    assertThat(world.files.there).doesNotContainKey(SOUND.resolve("file"));
  }

  @Test
  void aPidFileThatHangsIsToldAndHoldsUpNoOther() {
    world.current.putUntold(A, content("v", "one"));
    world.whileTold = () -> awaitOpen(gate);
    Deliveries deliveries =
        startedWith(
            DeliveryWorld.of("told").at("/run/app/told").reloading().make(),
            DeliveryWorld.of("other").at("/run/app/other").make());
    await().atMost(SOON).until(() -> deliveries.states().stream().allMatch(DeliveryState::isThere));
    world.current.put(A, content("v", "two"));
    await().atMost(SOON).until(() -> !world.reloads.isEmpty());
    world.time.advance(FileThreads.PATIENCE);
    assertThat(state(deliveries, "told").reloadProblem()).contains("pid file");
    await()
        .atMost(SOON)
        .until(() -> world.files.text(Path.of("/run/app/other")).equals(Optional.of("two")));
  }

  @Test
  void theEndOfOthersIsNotHeldUp() {
    hungExit = Leaving.REMOVE;
    Deliveries deliveries = started();
    await().atMost(SOON).until(() -> state(deliveries, "sound").isThere());
    assertThatThrownBy(deliveries::close)
        .hasMessageContaining("hung-0")
        .hasMessageNotContaining("sound");
    assertThat(deliveries.isLeft("file:sound")).isTrue();
    assertThat(world.files.there).doesNotContainKey(SOUND.resolve("file"));
  }
}
