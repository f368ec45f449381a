package dev.latchkey.agent.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.readiness.Readiness;
import dev.latchkey.agent.secret.SecretName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile boolean ready = true;
  private final ManagementServer server =
      new ManagementServer(0, new Judge(), () -> "up 1\n", executor);

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    executor.shutdownNow();
    http.close();
  }

  private final class Judge implements Readiness {
    @Override
    public Report report() {
      return new Report(
          ready,
          ready ? ComponentHealth.Level.HEALTHY : ComponentHealth.Level.DEGRADED,
          List.of(
              new SecretHealth(
                  new SecretName("orders-db"),
                  true,
                  ready ? Condition.FRESH : Condition.UNAVAILABLE,
                  ready ? "" : "said \"no\"\n")),
          List.of(ComponentHealth.healthy("store")));
    }

    @Override
    public AutoCloseable onTurn(Consumer<Report> listener) {
      return () -> {};
    }
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://"
                + InetAddress.getLoopbackAddress().getHostAddress()
                + ":"
                + server.port().orElseThrow()
                + path);
    return http.send(
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void tellsReadinessWithAReasonPerSecret() throws Exception {
    assertThat(send("GET", "/readyz").statusCode()).isEqualTo(200);
    ready = false;
    HttpResponse<String> answer = send("GET", "/readyz");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo(
            "{\"ready\":false,\"health\":\"degraded\",\"secrets\":[{\"name\":\"orders-db\",\"required\":true,\"condition\":\"unavailable\",\"reason\":\"said"
                + " \\\"no\\\"\\u000a\"}],\"components\":[{\"name\":\"store\",\"health\":\"healthy\",\"reason\":\"\"}]}\n");
  }

  @Test
  void tellsLivenessAndMetrics() throws Exception {
    assertThat(send("GET", "/livez").body()).isEqualTo("ok\n");
    assertThat(send("GET", "/metrics").body()).isEqualTo("up 1\n");
    assertThat(send("HEAD", "/metrics").body()).isEmpty();
  }

  @Test
  void takesNoOrdersAndServesNothingElse() throws Exception {
    assertThat(send("POST", "/readyz").statusCode()).isEqualTo(405);
    assertThat(send("GET", "/").statusCode()).isEqualTo(404);
  }

  @Test
  void aPortOfMinusOneIsNoServer() {
    try (ManagementServer off =
        new ManagementServer(ManagementServer.OFF, new Judge(), () -> "", executor)) {
      off.start();
      assertThat(off.port()).isEmpty();
    }
  }
}
