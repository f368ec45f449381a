package dev.latchkey.agent.telemetry;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.util.Optional;

/**
 * A span and a duration for each read of a backend; what a backend further offers passes through
 * {@link #undecorated}.
 */
public final class MeasuredBackend implements Backend {

  private static final AttributeKey<String> BACKEND = AttributeKey.stringKey("backend");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("outcome");

  private final String name;
  private final Backend backend;
  private final TimeSource time;
  private final Tracer tracer;
  private final DoubleHistogram duration;

  public MeasuredBackend(String name, Backend backend, TimeSource time, Telemetry telemetry) {
    this.name = name;
    this.backend = backend;
    this.time = time;
    this.tracer = telemetry.tracer();
    this.duration =
        telemetry
            .meter()
            .histogramBuilder("latchkey.backend.read.duration")
            .setUnit("s")
            .setDescription("How long reads of a backend take")
            .build();
  }

  @Override
  public BackendRead read(String path, Optional<String> version) {
    Span span =
        tracer
            .spanBuilder("backend.read")
            .setSpanKind(SpanKind.CLIENT)
            .setAttribute(BACKEND, name)
            .startSpan();
    long start = time.nanoTime();
    String outcome = "ok";
    try (Scope scope = span.makeCurrent()) {
      return backend.read(path, version);
    } catch (SecretException e) {
      outcome = e.reason().name();
      span.setStatus(StatusCode.ERROR, e.reason().name());
      throw e;
    } finally {
      duration.record(
          (time.nanoTime() - start) / 1e9, Attributes.of(BACKEND, name, OUTCOME, outcome));
      span.end();
    }
  }

  /** The backend itself, for what only some backends offer. */
  public Backend undecorated() {
    return backend;
  }

  @Override
  public boolean ordersVersions() {
    return backend.ordersVersions();
  }

  @Override
  public ComponentHealth health() {
    return backend.health();
  }
}
