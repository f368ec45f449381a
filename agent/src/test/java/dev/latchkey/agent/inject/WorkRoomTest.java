package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkRoomTest {

  private static final int MANY = 60;

  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  private void enter() {
    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
  }

  private void leave() {
    inside.decrementAndGet();
  }

  /** Lets many find room at once, each for {@code weight}; answers how many did at most. */
  private int mostAtOnce(WorkRoom room, long weight, int expected) {
    CountDownLatch gate = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < MANY; i++) {
        threads.execute(
            () -> {
              try (WorkRoom.Share _ = room.take(weight)) {
                enter();
                awaitOpen(gate);
                leave();
              }
            });
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> inside.get() >= expected);
      gate.countDown();
    }
    return most.get();
  }

  private static void awaitOpen(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void smallOnesAreBoundedByNumber() {
    assertThat(mostAtOnce(new WorkRoom(1 << 20), 1, WorkRoom.AT_ONCE)).isEqualTo(WorkRoom.AT_ONCE);
  }

  @Test
  void greatOnesAreBoundedByWhatTheyMayBecome() {
    assertThat(mostAtOnce(new WorkRoom(1200), 600, 2)).isEqualTo(2);
  }

  @Test
  void oneThatNeedsMoreThanThereIsIsAlone() {
    assertThat(mostAtOnce(new WorkRoom(1 << 20), Long.MAX_VALUE / 100, 1)).isEqualTo(1);
  }

  @Test
  void manyDeliveriesThatChangeAtOnceAreNotRenderedAllBeforeTheFirstIsWritten() {
    DeliveryWorld world = new DeliveryWorld();
    world.current.putUntold(A, content("v", "x"));
    CountDownLatch gate = new CountDownLatch(1);
    world.onDelivers = this::enter;
    world.files.beforeWrite =
        () -> {
          awaitOpen(gate);
          leave();
        };
    List<Delivery> many = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      many.add(DeliveryWorld.of("app-" + i).at("/run/app/" + i).make());
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      world.couriers = threads;
      world.fileThreads =
          new FileThreads(
              threads, Runnable::run, path -> "one mount", 1 << 20, world.time, world.time);
      world.started(many.toArray(Delivery[]::new));
      await().atMost(Duration.ofSeconds(20)).until(() -> inside.get() >= FileThreads.AT_ONCE);
      gate.countDown();
    }
    assertThat(world.files.there).hasSize(MANY);
    assertThat(most.get()).isEqualTo(FileThreads.AT_ONCE);
  }
}
