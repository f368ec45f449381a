package dev.latchkey.agent.telemetry;

import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.StepListener;
import dev.latchkey.agent.secret.SecretName;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A span for each step of a rotation, from before it is persisted until it has acted, and a count.
 */
public final class StepTelemetry implements StepListener {

  private static final AttributeKey<String> SECRET = AttributeKey.stringKey("secret");
  private static final AttributeKey<String> STEP = AttributeKey.stringKey("step");
  private static final AttributeKey<String> ROTATION = AttributeKey.stringKey("rotation.id");

  private final Tracer tracer;
  private final LongCounter steps;
  private final Map<String, Span> open = new ConcurrentHashMap<>();

  public StepTelemetry(Telemetry telemetry) {
    this.tracer = telemetry.tracer();
    this.steps =
        telemetry
            .meter()
            .counterBuilder("latchkey.rotation.steps")
            .setDescription("Steps of rotations that were persisted")
            .build();
  }

  @Override
  public void at(SecretName name, String rotationId, RotationStep step, Moment moment) {
    switch (moment) {
      case BEFORE_WRITE -> end(open.put(rotationId, begin(name, rotationId, step)));
      case AFTER_WRITE -> steps.add(1, Attributes.of(SECRET, name.text(), STEP, step.words()));
      case AFTER_ACT -> end(open.remove(rotationId));
    }
  }

  private Span begin(SecretName name, String rotationId, RotationStep step) {
    return tracer
        .spanBuilder("rotation." + step.words())
        .setAttribute(SECRET, name.text())
        .setAttribute(ROTATION, rotationId)
        .startSpan();
  }

  private static void end(@org.jspecify.annotations.Nullable Span span) {
    if (span != null) {
      span.end();
    }
  }
}
