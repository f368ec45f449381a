package dev.latchkey.agent.telemetry;

import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.StepListener;
import dev.latchkey.agent.secret.SecretName;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A span for each step of a rotation, from before it is persisted until it has acted or failed, and
 * a count. All steps of a rotation belong to the trace of whoever began it, whoever or whatever
 * lets it go on; those that a restarted agent takes begin traces of their own.
 */
public final class StepTelemetry implements StepListener {

  private static final AttributeKey<String> SECRET = AttributeKey.stringKey("secret");
  private static final AttributeKey<String> STEP = AttributeKey.stringKey("step");
  private static final AttributeKey<String> ROTATION = AttributeKey.stringKey("rotation.id");

  private final Tracer tracer;
  private final LongCounter steps;
  private final Map<String, Span> open = new ConcurrentHashMap<>();
  private final Map<String, Context> parents = new ConcurrentHashMap<>();

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
      case BEFORE_WRITE -> {
        if (step == RotationStep.PLANNED) {
          parents.put(rotationId, Context.current());
        }
        end(open.put(rotationId, begin(name, rotationId, step)));
      }
      case AFTER_WRITE -> steps.add(1, Attributes.of(SECRET, name.text(), STEP, step.words()));
      case AFTER_ACT -> end(open.remove(rotationId));
    }
  }

  @Override
  public void failed(SecretName name, String rotationId, RotationStep step) {
    Span span = open.remove(rotationId);
    if (span != null) {
      span.setStatus(StatusCode.ERROR);
      span.end();
    }
  }

  @Override
  public void ended(SecretName name, String rotationId) {
    parents.remove(rotationId);
    end(open.remove(rotationId));
  }

  private Span begin(SecretName name, String rotationId, RotationStep step) {
    return tracer
        .spanBuilder("rotation." + step.words())
        .setParent(parents.getOrDefault(rotationId, Context.root()))
        .setAttribute(SECRET, name.text())
        .setAttribute(ROTATION, rotationId)
        .startSpan();
  }

  private static void end(@Nullable Span span) {
    if (span != null) {
      span.end();
    }
  }
}
