package dev.latchkey.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.StepListener.Moment;
import dev.latchkey.agent.secret.SecretName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
  void sendsTheSpansOfStepsToTheReceiver() throws Exception {
    List<String> received = new CopyOnWriteArrayList<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          received.add(new String(body, java.nio.charset.StandardCharsets.ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    receiver.start();
    try {
      String endpoint = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
      try (Telemetry telemetry = Telemetry.start(endpoint, 1, "test")) {
        StepTelemetry steps = new StepTelemetry(telemetry);
        steps.at(NAME, "r1", RotationStep.VERIFIED, Moment.BEFORE_WRITE);
        steps.at(NAME, "r1", RotationStep.VERIFIED, Moment.AFTER_ACT);
      }
      assertThat(String.join("", received)).contains("rotation.verified").contains("orders-db");
    } finally {
      receiver.stop(0);
    }
  }
}
