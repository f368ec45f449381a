package dev.latchkey.bench;

import dev.latchkey.bench.agent.AgentClient;
import dev.latchkey.bench.agent.AgentUnderTest;
import dev.latchkey.bench.load.Statistics;
import dev.latchkey.client.CredentialChange;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.WatchListener;
import dev.latchkey.client.WatchRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * From the moment at which the agent dates a version to the call of each watcher's listener, by one
 * clock: both processes are on one machine. The write of the version to the disk lies in it.
 */
final class PublishLatency {

  private static final long PATIENCE_SECONDS = 60;

  private final AgentUnderTest agent;
  private final AgentClient operator;
  private final InstantSource clock;

  PublishLatency(AgentUnderTest agent, AgentClient operator, InstantSource clock) {
    this.agent = agent;
    this.operator = operator;
    this.clock = clock;
  }

  /**
   * Publishes again and again, each time after every watcher was told of the version before.
   *
   * @return the milliseconds of each callback
   */
  List<Double> measure(int watchers, int publishes) throws InterruptedException {
    String secret = "bench/watched-" + watchers;
    operator.put(secret, "first");
    List<Double> milliseconds = new ArrayList<>();
    Callbacks callbacks = new Callbacks();
    callbacks.expect(watchers);
    try (LatchkeyClient client = LatchkeyClient.builder().socket(agent.socket()).build()) {
      for (int watcher = 0; watcher < watchers; watcher++) {
        client.watch(WatchRequest.of(secret), callbacks);
      }
      callbacks.await();
      for (int publish = 0; publish < publishes; publish++) {
        callbacks.expect(watchers);
        operator.put(secret, "value-" + publish);
        callbacks.await();
        Instant publishedAt = operator.publishedAt(secret);
        callbacks.since(publishedAt).forEach(milliseconds::add);
      }
    }
    return milliseconds;
  }

  /** The figure of one number of watchers. */
  Figure figure(int watchers, int publishes) throws InterruptedException {
    List<Double> milliseconds = measure(watchers, publishes);
    return Figure.of(
        "publish to client callback, %,d watcher%s".formatted(watchers, watchers == 1 ? "" : "s"),
        "p50 %s ms, p99 %s ms"
            .formatted(
                Report.number(Statistics.percentile(milliseconds, 50)),
                Report.number(Statistics.percentile(milliseconds, 99))),
        "%,d callbacks of %d publishes".formatted(milliseconds.size(), publishes));
  }

  /** When the listeners of one publish were called; all watchers share it. */
  private final class Callbacks implements WatchListener {

    private final Queue<Instant> calledAt = new ConcurrentLinkedQueue<>();
    private volatile CountDownLatch missing = new CountDownLatch(0);

    void expect(int watchers) {
      calledAt.clear();
      missing = new CountDownLatch(watchers);
    }

    @Override
    public void changed(CredentialChange change) {
      calledAt.add(clock.instant());
      missing.countDown();
    }

    void await() throws InterruptedException {
      if (!missing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(missing.getCount() + " watchers were not told");
      }
    }

    List<Double> since(Instant publishedAt) {
      return calledAt.stream()
          .map(instant -> Duration.between(publishedAt, instant).toNanos() / 1e6)
          .toList();
    }
  }
}
