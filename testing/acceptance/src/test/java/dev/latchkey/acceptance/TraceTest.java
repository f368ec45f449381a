package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.latchkey.client.LatchkeyClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The caller's trace goes on in the agent's spans and is named by its audit. */
class TraceTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @TempDir Path directory;

  private final List<String> received = new CopyOnWriteArrayList<>();

  @Test
  void theCallersTraceArrivesAtAnOtlpReceiverAndInTheAudit() throws Exception {
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    receiver.createContext("/v1/traces", this::take);
    receiver.start();
    String body =
        """
        telemetry: { otlp_endpoint: "http://127.0.0.1:%d", sample_ratio: 0.0 }
        mounts: [ { prefix: "app/", backend: local } ]
        """
                .formatted(receiver.getAddress().getPort())
            + WholeLifeTest.ownPolicy();
    try (RunningAgent agent =
            RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body));
        LatchkeyClient client =
            LatchkeyClient.builder()
                .socket(agent.socket())
                .headers(() -> Map.of("traceparent", "00-" + TRACE + "-" + SPAN + "-01"))
                .build()) {
      agent.cli().feed("one", "put", "app/mail", "password=-").ok();
      assertThat(client.get("app/mail").text("password")).isEqualTo("one");
      await("the span of the call, as a child of the caller's")
          .atMost(Duration.ofSeconds(20))
          .until(() -> received.stream().anyMatch(TraceTest::isOurs));
      await("the audit to name the trace")
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(agent.cli().run("audit", "tail").ok().out())
                      .contains("get app/mail version 1")
                      .contains("trace " + TRACE));
    } finally {
      receiver.stop(0);
    }
  }

  /** Protobuf carries the ids as their bytes and the name as text. */
  private static boolean isOurs(String body) {
    return body.contains(bytes(TRACE)) && body.contains(bytes(SPAN)) && body.contains("GetSecret");
  }

  private static String bytes(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
  }

  private void take(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
    try (exchange) {
      received.add(
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
      exchange.sendResponseHeaders(200, -1);
    }
  }
}
