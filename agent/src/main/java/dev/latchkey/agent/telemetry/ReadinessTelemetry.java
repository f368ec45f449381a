package dev.latchkey.agent.telemetry;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.readiness.Readiness;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.Locale;

/** What readiness says, as gauges: 1 for the condition that a secret or component is in. */
public final class ReadinessTelemetry {

  private static final AttributeKey<String> SECRET = AttributeKey.stringKey("secret");
  private static final AttributeKey<String> CONDITION = AttributeKey.stringKey("condition");
  private static final AttributeKey<String> COMPONENT = AttributeKey.stringKey("component");
  private static final AttributeKey<String> HEALTH = AttributeKey.stringKey("health");

  private final Readiness readiness;

  public ReadinessTelemetry(Readiness readiness, Telemetry telemetry) {
    this.readiness = readiness;
    telemetry
        .meter()
        .gaugeBuilder("latchkey.ready")
        .setDescription("1 while the agent is ready")
        .ofLongs()
        .buildWithCallback(gauge -> gauge.record(readiness.report().ready() ? 1 : 0));
    telemetry
        .meter()
        .gaugeBuilder("latchkey.secret.condition")
        .setDescription("1 for the condition that a declared secret is in")
        .ofLongs()
        .buildWithCallback(this::secrets);
    telemetry
        .meter()
        .gaugeBuilder("latchkey.component.health")
        .setDescription("1 for the health that a component is in")
        .ofLongs()
        .buildWithCallback(this::components);
  }

  private void secrets(ObservableLongMeasurement gauge) {
    for (Readiness.SecretHealth secret : readiness.report().secrets()) {
      gauge.record(
          1, Attributes.of(SECRET, secret.name().text(), CONDITION, word(secret.condition())));
    }
  }

  private void components(ObservableLongMeasurement gauge) {
    for (ComponentHealth component : readiness.report().components()) {
      gauge.record(
          1, Attributes.of(COMPONENT, component.component(), HEALTH, word(component.level())));
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
