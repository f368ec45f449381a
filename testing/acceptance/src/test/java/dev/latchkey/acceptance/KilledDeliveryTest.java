package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent dies at any moment while it delivers what is put again and again; whoever reads finds
 * the old or the new, also while it is down, and the next life goes on with the newest.
 */
class KilledDeliveryTest {

  private static final int KILLS = Boolean.getBoolean("latchkey.soak") ? 200 : 5;
  private static final int LONGEST_MILLIS = 800;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final long seed = Long.getLong("latchkey.test.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  /** The last number whose put was begun, and the last that was answered. */
  private final AtomicLong begun = new AtomicLong();

  private final AtomicLong answered = new AtomicLong();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private NumberedDelivery delivery;
  private RunningAgent agent;
  private NumberedReader reader;
  private int leftovers;

  @BeforeEach
  void deliver() throws IOException {
    delivery = new NumberedDelivery(Files.createDirectory(directory.resolve("delivered")));
    agent = RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(declared()));
    putAndAwait();
    reader = NumberedReader.start(delivery);
  }

  @AfterEach
  void end() throws InterruptedException {
    reader.close();
    agent.close();
    threads.close();
  }

  @Test
  void aKilledAgentLeavesTheOldOrTheNewAndItsNextLifeDeliversTheNewest() throws Exception {
    System.out.printf("latchkey.test.seed=%d%n", seed);
    for (int kill = 1; kill <= KILLS; kill++) {
      String when = "kill %d of seed %d".formatted(kill, seed);
      killAtAMoment(when);
      theOldOrTheNewIsThere(when);
      agent.restart();
      theNewestIsDelivered(when);
    }
    System.out.printf(
        "%d kills in %d changes under %d reads: old or new each time; %d left something over%n",
        KILLS, begun.get(), reader.reads(), leftovers);
    assertThat(reader.failures()).as("seed %d", seed).isEmpty();
    assertThat(reader.changes()).as("changes seen").isGreaterThan(KILLS);
  }

  private String declared() {
    return """
    mounts: [ { prefix: "" } ]
    policies:
      - callers: [ { uid: %d } ]
        secrets: [ three, one ]
        operations: [ read ]
    """
            .formatted(Database.ownUid())
        + delivery.declared();
  }

  /** Some moment after the first of the changes of this life. */
  private void killAtAMoment(String when) throws Exception {
    long before = answered.get();
    Future<?> putting = threads.submit(this::putUntilKilled);
    await("changes before " + when)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> answered.get() > before || putting.isDone());
    long nanos = random.nextLong(TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS));
    assertThat(agent.process().waitFor(nanos, TimeUnit.NANOSECONDS))
        .as("the agent ended by itself before %s", when)
        .isFalse();
    agent.kill();
    putting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private void putUntilKilled() {
    Operator.untilKilled(
        agent,
        operator -> {
          while (true) {
            long read = reader.reads();
            put(operator);
            awaitReadSince(read);
          }
        });
  }

  /** So that no version goes while a slow reader is in it, however fast the changes come. */
  private void awaitReadSince(long read) {
    await("a read since the last change")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> reader.reads() > read || !reader.failures().isEmpty());
  }

  private void put(Operator operator) {
    long number = begun.incrementAndGet();
    operator.put(NumberedDelivery.SET_SECRET, NumberedDelivery.setOf(number));
    operator.put(NumberedDelivery.FILE_SECRET, NumberedDelivery.fileOf(number));
    answered.set(number);
  }

  /** Nothing that a reader saw is taken back, and nothing is there that was never put. */
  private void theOldOrTheNewIsThere(String when) throws IOException {
    long read = reader.reads();
    assertThat(delivery.set()).as("set after %s", when).isBetween(reader.set(), begun.get());
    assertThat(delivery.file()).as("file after %s", when).isBetween(reader.file(), begun.get());
    leftovers += delivery.hasLeftovers() ? 1 : 0;
    awaitReadSince(read + 1);
    assertThat(reader.failures()).as(when).isEmpty();
  }

  private void theNewestIsDelivered(String when) throws IOException {
    long set;
    long file;
    try (LatchkeyClient client = LatchkeyClient.builder().socket(agent.socket()).build()) {
      set = number(client.get(NumberedDelivery.SET_SECRET));
      file = number(client.get(NumberedDelivery.FILE_SECRET));
    }
    assertThat(set).as("set held after %s", when).isBetween(answered.get(), begun.get());
    assertThat(file).as("file held after %s", when).isBetween(answered.get(), begun.get());
    awaitDelivered(set, file, when);
    putAndAwait();
    await("nothing to be left over from " + when)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(delivery::isClean);
  }

  private static long number(Credential credential) {
    return Long.parseLong(credential.text("a").lines().findFirst().orElseThrow().substring(2));
  }

  private void putAndAwait() {
    try (Operator operator = new Operator(agent)) {
      put(operator);
    }
    awaitDelivered(begun.get(), begun.get(), "put " + begun);
  }

  private void awaitDelivered(long set, long file, String when) {
    await("the newest to be delivered after " + when)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> delivery.isThere() && delivery.set() == set && delivery.file() == file);
  }
}
