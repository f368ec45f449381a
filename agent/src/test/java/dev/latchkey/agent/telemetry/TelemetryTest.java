package dev.latchkey.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Faulty;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.StepListener.Moment;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.TimeSource;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TelemetryTest {

  private static final SecretName NAME = new SecretName("orders-db");

  @Test
  void countsEventsAndStepsOnThePage() {
    try (Telemetry telemetry = Telemetry.start("", 1, "test")) {
      new EventTelemetry(telemetry).emit(new AgentEvent.RotationPublished(NAME, "orders_a", 7));
      StepTelemetry steps = new StepTelemetry(telemetry);
      for (Moment moment : Moment.values()) {
        steps.at(NAME, "r1", RotationStep.SET, moment);
      }
      assertThat(telemetry.scrape().lines())
          .anyMatch(
              line ->
                  line.startsWith("latchkey_events_total{")
                      && line.contains("event=\"RotationPublished\"")
                      && line.endsWith(" 1.0"))
          .anyMatch(
              line ->
                  line.startsWith("latchkey_rotation_steps_total{")
                      && line.contains("step=\"set\"")
                      && line.endsWith(" 1.0"));
    }
  }

  @Test
  void aReadThatFailsUncheckedIsNoSuccess() {
    try (Telemetry telemetry = Telemetry.start("", 1, "test")) {
      Faulty faulty = new Faulty(new FakeBackend());
      faulty.failWith(new IllegalStateException("a defect"));
      Backend broken = MeasuredBackend.of("broken", faulty, TimeSource.system(), telemetry);
      assertThatThrownBy(() -> broken.read("a", Optional.empty()))
          .isInstanceOf(IllegalStateException.class);
      assertThat(telemetry.scrape().lines())
          .filteredOn(line -> line.startsWith("latchkey_backend_read_duration_seconds_count{"))
          .singleElement()
          .satisfies(line -> assertThat(line).contains("outcome=\"INTERNAL\""));
    }
  }

  @Test
  void stepsGoOnInTheTraceOfWhoeverBeganThem() throws Exception {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    SpanContext caller =
        SpanContext.create(
            trace, "00f067aa0ba902b7", TraceFlags.getSampled(), TraceState.getDefault());
    List<String> received =
        sent(
            steps -> {
              try (Scope scope = Context.root().with(Span.wrap(caller)).makeCurrent()) {
                steps.at(NAME, "r1", RotationStep.PLANNED, Moment.BEFORE_WRITE);
              }
              steps.at(NAME, "r1", RotationStep.PLANNED, Moment.AFTER_ACT);
              steps.at(NAME, "r1", RotationStep.CREATED, Moment.BEFORE_WRITE);
              steps.at(NAME, "r1", RotationStep.CREATED, Moment.AFTER_ACT);
              steps.ended(NAME, "r1");
              steps.at(NAME, "r1", RotationStep.SET, Moment.BEFORE_WRITE);
              steps.at(NAME, "r1", RotationStep.SET, Moment.AFTER_ACT);
            });
    String bytes = new String(HexFormat.of().parseHex(trace), StandardCharsets.ISO_8859_1);
    assertThat(String.join("", received).split(Pattern.quote(bytes), -1)).hasSize(3);
  }

  @Test
  void aStepThatFailsLeavesNoSpanOpen() throws Exception {
    List<String> received =
        sent(
            steps -> {
              steps.at(NAME, "r1", RotationStep.VERIFIED, Moment.BEFORE_WRITE);
              steps.failed(NAME, "r1", RotationStep.VERIFIED);
              steps.at(NAME, "r2", RotationStep.CREATED, Moment.BEFORE_WRITE);
              steps.ended(NAME, "r2");
            });
    assertThat(String.join("", received)).contains("rotation.verified", "rotation.created");
  }

  @Test
  void sendsTheSpansOfStepsToTheReceiver() throws Exception {
    List<String> received =
        sent(
            steps -> {
              steps.at(NAME, "r1", RotationStep.VERIFIED, Moment.BEFORE_WRITE);
              steps.at(NAME, "r1", RotationStep.VERIFIED, Moment.AFTER_ACT);
            });
    assertThat(String.join("", received)).contains("rotation.verified").contains("orders-db");
  }

  /** What a receiver got when the telemetry was closed after {@code work}. */
  private static List<String> sent(Consumer<StepTelemetry> work) throws Exception {
    List<String> received = new CopyOnWriteArrayList<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          received.add(new String(body, StandardCharsets.ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    receiver.start();
    try {
      String endpoint = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
      try (Telemetry telemetry = Telemetry.start(endpoint, 1, "test")) {
        work.accept(new StepTelemetry(telemetry));
      }
      return received;
    } finally {
      receiver.stop(0);
    }
  }
}
