package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any number of callers of a cold secret cost the backend one read. */
class ColdSecretTest {

  private static final int CLIENTS = 20;
  private static final int CALLS = 50;

  @TempDir Path directory;

  @Test
  void aThousandCallersAtOnceMakeOneReadOfTheBackend() throws Exception {
    String body =
        "mounts: [ { prefix: \"app/\", backend: local, refresh: 8s } ]\n"
            + WholeLifeTest.ownPolicy();
    try (RunningAgent agent =
        RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body))) {
      agent.cli().feed("one", "put", "app/cold", "password=-").ok();
      Instant put = Instant.now();
      agent.close();
      await("what the store keeps to need the backend's word")
          .atMost(Duration.ofSeconds(20))
          .until(() -> Instant.now().isAfter(put.plusSeconds(9)));
      agent.restart();
      List<LatchkeyClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(LatchkeyClient.builder().socket(agent.socket()).build());
        assertThat(clients.getLast().list("app/")).isNotEmpty();
      }
      double before = reads(agent);

      List<CompletableFuture<Credential>> answers = new ArrayList<>();
      for (int call = 0; call < CALLS; call++) {
        clients.forEach(client -> answers.add(client.getAsync("app/cold")));
      }
      for (CompletableFuture<Credential> answer : answers) {
        assertThat(answer.get(30, TimeUnit.SECONDS).text("password")).isEqualTo("one");
      }
      assertThat(answers).hasSize(1000);
      assertThat(reads(agent)).isEqualTo(before + 1);
      clients.forEach(LatchkeyClient::close);
    }
  }

  /** The sum of the counter over its labels. */
  static double reads(RunningAgent agent) throws Exception {
    String page =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + agent.managementPort() + "/metrics"))
                    .build(),
                BodyHandlers.ofString())
            .body();
    return page.lines()
        .filter(line -> line.startsWith("latchkey_backend_read_duration_seconds_count"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
