package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only the secret manager told of is not forgotten because the delivery itself is stuck. */
class HungWriteTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
  private final DeliveryWorld world = new DeliveryWorld();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();

  @BeforeEach
  void hangInTheSecondWrite() {
    world.current.putUntold(A, content("v", "one"));
    world.couriers = virtual;
    world.started(declared(Leaving.REMOVE));
    awaitKept(kept -> kept.condition() == DeliveryState.Condition.WRITTEN);
    world.files.hangs =
        path -> {
          hanging.incrementAndGet();
          awaitOpen();
        };
    world.current.put(A, content("v", "two"));
    await().atMost(SOON).until(() -> hanging.get() == 1);
  }

  @AfterEach
  void end() {
    gate.countDown();
    virtual.close();
  }

  private static Delivery declared(Leaving onRevoked) {
    return DeliveryWorld.of("app").leaving(Leaving.KEEP, onRevoked).make();
  }

  private void awaitOpen() {
    try {
      gate.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitKept(Predicate<Kept> as) {
    await().atMost(SOON).until(() -> kept().filter(as).isPresent());
  }

  private Optional<Kept> kept() {
    return Optional.ofNullable(world.transactions.call(world.store::all).get("app"));
  }

  private static boolean isRevoked(Kept kept, SecretName name) {
    return kept.revoked().equals(Set.of(name));
  }

  @Test
  void whatTheNextLifeFindsInAnOutageIsTakenBack() {
    world.current.miss(A);
    awaitKept(kept -> isRevoked(kept, A));
    assertThat(world.files.text(PATH)).contains("one");
    world.current.listeners.clear();
    world.files.hangs = path -> {};
    world.couriers = Runnable::run;
    Deliveries next = world.started(declared(Leaving.REMOVE));
    assertThat(world.files.text(PATH)).isEmpty();
    assertThat(next.states().getFirst().problem()).startsWith("a was revoked");
  }

  @Test
  void itIsTakenBackOnceTheWriteIsOver() {
    world.current.miss(A);
    awaitKept(kept -> isRevoked(kept, A));
    gate.countDown();
    await().atMost(SOON).until(() -> world.files.text(PATH).isEmpty());
    awaitKept(kept -> kept.condition() == DeliveryState.Condition.REMOVED && isRevoked(kept, A));
  }

  @Test
  void whatIsThereAgainBeforeTheWriteIsOverIsNotKeptAsRevoked() {
    world.current.miss(A);
    awaitKept(kept -> isRevoked(kept, A));
    world.current.turn(A, false);
    awaitKept(kept -> kept.revoked().isEmpty());
    assertThat(world.files.text(PATH)).as("the write hangs").contains("one");
    gate.countDown();
    await().atMost(SOON).until(() -> world.files.text(PATH).filter("two"::equals).isPresent());
    assertThat(kept().orElseThrow().revoked()).isEmpty();
  }

  @Test
  void whatTheStoreHasNoRoomForIsKeptOnceItHas() {
    int timers = world.time.pending();
    world.store.full = true;
    world.current.miss(A);
    await().atMost(SOON).until(() -> world.time.pending() > timers);
    world.store.full = false;
    world.time.advance(Duration.ofSeconds(1));
    awaitKept(kept -> isRevoked(kept, A));
  }
}
