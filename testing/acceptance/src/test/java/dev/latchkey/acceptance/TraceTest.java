package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.v1.LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub;
import dev.latchkey.v1.PutSecretRequest;
import dev.latchkey.v1.RotateSecretRequest;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The caller's trace goes on in the agent's spans and is named by its audit. No trace of the
 * agent's own is kept here, so that every span that is sent belongs to a caller's.
 */
class TraceTest {

  private static final String SPAN = "00f067aa0ba902b7";

  @TempDir Path directory;

  private final List<SentSpan> received = new CopyOnWriteArrayList<>();
  private HttpServer receiver;

  @BeforeEach
  void receive() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    receiver.createContext("/v1/traces", this::take);
    receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      received.addAll(SentSpan.of(exchange.getRequestBody().readAllBytes()));
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private String telemetry() {
    return """
    telemetry: { otlp_endpoint: "http://127.0.0.1:%d", sample_ratio: 0.0 }
    """
        .formatted(receiver.getAddress().getPort());
  }

  @Test
  void theCallersTraceArrivesAtAnOtlpReceiverAndInTheAudit() throws Exception {
    String get = "4bf92f3577b34da6a3ce929d0e0e4736";
    String batch = "5bf92f3577b34da6a3ce929d0e0e4736";
    String put = "6bf92f3577b34da6a3ce929d0e0e4736";
    String body =
        telemetry()
            + "mounts: [ { prefix: \"app/\", backend: local } ]\n"
            + WholeLifeTest.ownPolicy();
    try (RunningAgent agent =
        RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body))) {
      try (Operator operator = new Operator(agent)) {
        traced(operator, put)
            .putSecret(
                PutSecretRequest.newBuilder()
                    .setName("app/mail")
                    .putFields("password", ByteString.copyFromUtf8("one"))
                    .build());
      }
      try (LatchkeyClient client = traced(agent, get)) {
        assertThat(client.get("app/mail").text("password")).isEqualTo("one");
      }
      try (LatchkeyClient client = traced(agent, batch)) {
        assertThat(client.getAll(List.of("app/mail", "app/nowhere"))).hasSize(2);
      }
      awaitSpans(put, "latchkey.v1.LatchkeyOperator/PutSecret", "backend.put");
      awaitSpans(get, "latchkey.v1.Latchkey/GetSecret");
      awaitSpans(batch, "latchkey.v1.Latchkey/BatchGetSecrets", "backend.read");
      await("the audit to name the traces")
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(agent.cli().run("audit", "tail").ok().out())
                      .contains("get app/mail version 1")
                      .contains("trace " + get, "trace " + batch, "trace " + put));
    }
  }

  @Test
  void theStepsOfARotationGoOnInTheTraceOfWhoeverAskedForIt() throws Exception {
    String trace = "7bf92f3577b34da6a3ce929d0e0e4736";
    Database database = Database.start(directory.resolve("postgres"));
    RunningAgent agent =
        RunningAgent.start(
            directory.resolve("agent"),
            RunningAgent.Setup.of(telemetry() + database.configuration("2s", "1s")));
    try (Stage stage = new Stage(database, agent)) {
      database.introduceTo(agent.cli());
      agent.cli().run("rotate", "orders-db").ok();
      try (Operator operator = new Operator(agent)) {
        traced(operator, trace)
            .rotateSecret(RotateSecretRequest.newBuilder().setName("orders-db").build())
            .forEachRemaining(progress -> {});
      }
      awaitSpans(
          trace,
          "latchkey.v1.LatchkeyOperator/RotateSecret",
          "rotation.planned",
          "rotation.created",
          "rotation.set",
          "rotation.verified",
          "rotation.published",
          "rotation.drained",
          "rotation.retired");
    }
  }

  private static LatchkeyOperatorBlockingStub traced(Operator operator, String trace) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), traceParent(trace));
    return operator.calls().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static LatchkeyClient traced(RunningAgent agent, String trace) {
    return LatchkeyClient.builder()
        .socket(agent.socket())
        .headers(() -> Map.of("traceparent", traceParent(trace)))
        .build();
  }

  private static String traceParent(String trace) {
    return "00-" + trace + "-" + SPAN + "-01";
  }

  /** Waits for a span of each name in the trace, the first of them the child of the caller's. */
  private void awaitSpans(String trace, String... names) {
    await("the spans of the trace " + trace)
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(received).contains(new SentSpan(trace, SPAN, names[0]));
              assertThat(received)
                  .filteredOn(span -> span.trace().equals(trace))
                  .extracting(SentSpan::name)
                  .contains(names);
            });
  }
}
