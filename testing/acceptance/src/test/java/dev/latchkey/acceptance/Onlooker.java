package dev.latchkey.acceptance;

import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.Watch;
import dev.latchkey.client.WatchRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Watches {@code orders-db} through every restart of the agent and acknowledges at once, so that a
 * test knows the login without holding up its retirement.
 */
final class Onlooker implements AutoCloseable {

  private final LatchkeyClient client;
  private final Watch watch;
  private final CompletableFuture<Watch> self = new CompletableFuture<>();

  Onlooker(RunningAgent agent) {
    client = LatchkeyClient.builder().socket(agent.socket()).build();
    watch =
        client.watch(
            WatchRequest.of("orders-db").acknowledging(),
            change -> acknowledge(change.credential()));
    self.complete(watch);
    watch.awaitCaughtUp(Duration.ofSeconds(20));
  }

  private void acknowledge(Credential credential) {
    var _ = self.thenCompose(mine -> mine.acknowledge(credential));
  }

  /** The current credential, once it is {@code version} or newer. */
  Credential awaitVersion(long version) {
    return await("version " + version)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> watch.current("orders-db"), seen -> seen.state().version() >= version);
  }

  @Override
  public void close() {
    client.close();
  }
}
