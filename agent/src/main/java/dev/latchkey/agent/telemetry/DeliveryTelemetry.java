package dev.latchkey.agent.telemetry;

import dev.latchkey.agent.inject.Deliveries;
import dev.latchkey.agent.inject.DeliveryState;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.function.ToLongFunction;

/** What deliveries into files did, as counters by the delivery's name. */
public final class DeliveryTelemetry {

  private static final AttributeKey<String> DELIVERY = AttributeKey.stringKey("delivery");

  private final Deliveries deliveries;
  private final Meter meter;

  public DeliveryTelemetry(Deliveries deliveries, Telemetry telemetry) {
    this.deliveries = deliveries;
    this.meter = telemetry.meter();
    count("latchkey.file.writes", "How often files were changed", DeliveryState::writes);
    count("latchkey.file.failures", "How often that failed", DeliveryState::failures);
    count("latchkey.file.reloads", "How often a program was told", DeliveryState::reloads);
    count("latchkey.file.reload.failures", "How often that failed", DeliveryState::reloadFailures);
  }

  private void count(String name, String description, ToLongFunction<DeliveryState> value) {
    var _ =
        meter
            .counterBuilder(name)
            .setDescription(description)
            .buildWithCallback(
                counter ->
                    deliveries
                        .states()
                        .forEach(
                            state ->
                                counter.record(
                                    value.applyAsLong(state),
                                    Attributes.of(DELIVERY, state.name()))));
  }
}
