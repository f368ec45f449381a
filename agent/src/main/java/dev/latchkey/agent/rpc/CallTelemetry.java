package dev.latchkey.agent.rpc;

import dev.latchkey.agent.time.TimeSource;
import io.grpc.Metadata;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;

/**
 * A span and a measured duration for each call. The attributes of the measurement are made once per
 * method and status; no name of a secret and no caller is among them.
 */
final class CallTelemetry {

  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
  private static final AttributeKey<Long> CODE = AttributeKey.longKey("rpc.grpc.status_code");
  private static final double NANOS_PER_SECOND = 1e9;

  private final TimeSource time;
  private final Tracer tracer;
  private final DoubleHistogram durations;
  private final ConcurrentMap<String, Method> methods = new ConcurrentHashMap<>();

  CallTelemetry(OpenTelemetry telemetry, TimeSource time) {
    this.time = time;
    this.tracer = telemetry.getTracer("dev.latchkey.agent.rpc");
    this.durations =
        telemetry
            .getMeter("dev.latchkey.agent.rpc")
            .histogramBuilder("latchkey.call.duration")
            .setUnit("s")
            .setDescription("Time from the arrival of a call's headers to its end.")
            .setExplicitBucketBoundariesAdvice(
                List.of(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0))
            .build();
  }

  /** Begins a call of the method named in full. */
  Measured begin(String fullMethodName, Metadata headers) {
    SpanContext caller = TraceParent.of(headers);
    return new Measured(methods.computeIfAbsent(fullMethodName, Method::of), caller);
  }

  /** What is the same for every call of one method. */
  private record Method(String name, List<Attributes> byCode) {

    static Method of(String fullName) {
      List<Attributes> byCode =
          IntStream.range(0, Status.Code.values().length)
              .mapToObj(code -> Attributes.of(METHOD, fullName, CODE, (long) code))
              .toList();
      return new Method(fullName, byCode);
    }
  }

  /** One call under measurement; {@link #end} is to be called once. */
  final class Measured {

    private final Method method;
    private final Span span;
    private final String traceId;
    private final long startedNanos = time.nanoTime();

    private Measured(Method method, SpanContext caller) {
      this.method = method;
      this.traceId = caller.isValid() ? caller.getTraceId() : "";
      this.span = tracer.isEnabled() ? span(caller) : Span.getInvalid();
    }

    private Span span(SpanContext caller) {
      return tracer
          .spanBuilder(method.name)
          .setParent(caller.isValid() ? Context.root().with(Span.wrap(caller)) : Context.root())
          .setSpanKind(SpanKind.SERVER)
          .startSpan();
    }

    /** The caller's trace id; empty when it sent none. */
    String traceId() {
      return traceId;
    }

    /** Runs {@code work} with the span as the parent of all that it does. */
    void within(Runnable work) {
      if (!span.getSpanContext().isValid()) {
        work.run();
        return;
      }
      try (Scope scope = span.makeCurrent()) {
        work.run();
      }
    }

    void end(Status.Code code) {
      durations.record(
          (time.nanoTime() - startedNanos) / NANOS_PER_SECOND, method.byCode.get(code.value()));
      if (span.isRecording()) {
        span.setAttribute(CODE, (long) code.value());
        if (code != Status.Code.OK) {
          span.setStatus(StatusCode.ERROR);
        }
        span.end();
      }
    }
  }
}
