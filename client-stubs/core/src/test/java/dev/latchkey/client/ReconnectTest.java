package dev.latchkey.client;

import static dev.latchkey.client.FakeAgent.credential;
import static dev.latchkey.client.FakeAgent.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A watcher behind a proxy that cuts inside frames, while versions that carry counters are
 * published.
 */
final class ReconnectTest {

  private static final int RECONNECTS = Boolean.getBoolean("latchkey.soak") ? 1000 : 100;
  private static final long SEED = Long.getLong("latchkey.seed", 20261121L);

  @TempDir Path directory;
  private final FakeAgent agent = new FakeAgent();
  private final AtomicLong published = new AtomicLong();
  private volatile String epoch = "epoch-1";

  @Test
  void noChangeIsMissedAndNoOlderStateFollowsANewerOneAcrossManyCuts() throws Exception {
    Random random = new Random(SEED);
    Server server = NettyServerBuilder.forPort(0).addService(agent).build().start();
    Path socket = directory.resolve("proxy.sock");
    AtomicBoolean stop = new AtomicBoolean();
    Thread publisher = new Thread(() -> publishUntil(stop), "publisher");
    try (CuttingProxy proxy =
            new CuttingProxy(
                UnixDomainSocketAddress.of(socket),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()),
                () -> random.nextInt(6000));
        LatchkeyClient client =
            LatchkeyClient.builder()
                .socket(socket)
                .reconnectBackoff(Duration.ofMillis(5), Duration.ofMillis(10))
                .build()) {
      agent.tellVersionsAtStart();
      publish();
      publisher.start();
      Checker checker = new Checker();
      Watch watch = client.watch(WatchRequest.of("counter"), checker);
      await().atMost(Duration.ofMinutes(10)).until(() -> proxy.cuts() >= RECONNECTS / 2);
      epoch = "epoch-2";
      await().atMost(Duration.ofMinutes(10)).until(() -> proxy.cuts() >= RECONNECTS);
      stop.set(true);
      publisher.join();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(watch.current("counter").text("value"))
                      .isEqualTo(Long.toString(published.get())));
      watch.close();
      assertThat(checker.problems).as("seed " + SEED).isEmpty();
      assertThat(checker.caughtUp).isPositive();
      assertThat(checker.snapshots).isEqualTo(1);
    } finally {
      stop.set(true);
      server.shutdownNow().awaitTermination();
    }
  }

  private void publishUntil(AtomicBoolean stop) {
    while (!stop.get()) {
      publish();
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }

  /** The counter only rises; each epoch counts its versions from the counter of its beginning. */
  private void publish() {
    long next = published.incrementAndGet();
    agent.publish(credential("counter", state(epoch, next, next), Long.toString(next)));
  }

  /** Checks what a listener is told, on the one thread at a time that tells it. */
  private static final class Checker implements WatchListener {

    final List<String> problems = new ArrayList<>();
    long caughtUp;
    long snapshots;

    private long last;
    private long publishedAtConnect;

    @Override
    public void connected(String versionAtStart) {
      publishedAtConnect = Long.parseLong(versionAtStart);
    }

    @Override
    public void changed(CredentialChange change) {
      long counter = Long.parseLong(change.credential().text("value"));
      if (counter <= last) {
        problems.add("older or equal: " + counter + " after " + last);
      }
      if (change.snapshot()) {
        snapshots++;
      } else if (last != 0 && counter - last != change.skipped() + 1) {
        problems.add("unnoticed: " + last + " to " + counter + " skipped " + change.skipped());
      }
      last = counter;
    }

    @Override
    public void caughtUp() {
      caughtUp++;
      if (last < publishedAtConnect) {
        problems.add("caught up with " + last + ", published at connect " + publishedAtConnect);
      }
    }
  }
}
