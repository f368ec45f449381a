package dev.latchkey.agent.telemetry;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.Listable;
import dev.latchkey.agent.backend.Writable;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.SecretContent;
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
import java.util.List;
import java.util.Optional;

/** A span and a duration for each read of a backend; what else it offers passes through. */
public class MeasuredBackend implements Backend {

  private static final AttributeKey<String> BACKEND = AttributeKey.stringKey("backend");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("outcome");

  private final String name;
  private final Backend backend;
  private final TimeSource time;
  private final Tracer tracer;
  private final DoubleHistogram duration;

  /** Measures {@code backend}, and offers what it offers. */
  public static Backend of(String name, Backend backend, TimeSource time, Telemetry telemetry) {
    return backend instanceof Writable writable && backend instanceof Listable listable
        ? new Whole(name, backend, writable, listable, time, telemetry)
        : new MeasuredBackend(name, backend, time, telemetry);
  }

  private MeasuredBackend(String name, Backend backend, TimeSource time, Telemetry telemetry) {
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

  @Override
  public boolean ordersVersions() {
    return backend.ordersVersions();
  }

  @Override
  public ComponentHealth health() {
    return backend.health();
  }

  /** A backend that also takes writes and lists. */
  private static final class Whole extends MeasuredBackend implements Writable, Listable {

    private final Writable writable;
    private final Listable listable;

    private Whole(
        String name,
        Backend backend,
        Writable writable,
        Listable listable,
        TimeSource time,
        Telemetry telemetry) {
      super(name, backend, time, telemetry);
      this.writable = writable;
      this.listable = listable;
    }

    @Override
    public String put(String path, SecretContent content, Optional<String> expected) {
      return writable.put(path, content, expected);
    }

    @Override
    public boolean isNumberedByStore() {
      return writable.isNumberedByStore();
    }

    @Override
    public List<String> list(String prefix, String after, int limit) {
      return listable.list(prefix, after, limit);
    }
  }
}
