package dev.latchkey.agent.telemetry;

import dev.latchkey.agent.lifecycle.Scrape;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The OpenTelemetry SDK, wired once: metrics are pulled by {@link Scrape}, spans are pushed by OTLP
 * when an endpoint is configured and not even begun when none is. Safe for use by several threads.
 */
public final class Telemetry implements Scrape, AutoCloseable {

  /** The instrumentation scope of everything the agent measures. */
  static final String SCOPE = "dev.latchkey.agent";

  private static final Duration FLUSH = Duration.ofSeconds(2);

  private final OpenTelemetrySdk sdk;
  private final PrometheusMetricReader reader;
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  private Telemetry(OpenTelemetrySdk sdk, PrometheusMetricReader reader) {
    this.sdk = sdk;
    this.reader = reader;
  }

  /**
   * Starts the SDK.
   *
   * @param otlpEndpoint the base address of an OTLP receiver over HTTP, such as {@code
   *     http://127.0.0.1:4318}; empty to make no spans
   * @param sampleRatio how many of the traces that begin here are kept, from 0 to 1; the choice of
   *     a caller that sends a trace context is followed
   */
  public static Telemetry start(String otlpEndpoint, double sampleRatio, String version) {
    PrometheusMetricReader reader = PrometheusMetricReader.builder().build();
    Resource resource =
        Resource.getDefault().toBuilder()
            .put("service.name", "latchkey-agent")
            .put("service.version", version)
            .build();
    OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setMeterProvider(
                SdkMeterProvider.builder()
                    .setResource(resource)
                    .registerMetricReader(reader)
                    .build())
            .setTracerProvider(tracing(otlpEndpoint, sampleRatio, resource).build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    return new Telemetry(sdk, reader);
  }

  private static SdkTracerProviderBuilder tracing(
      String endpoint, double ratio, Resource resource) {
    SdkTracerProviderBuilder tracing = SdkTracerProvider.builder().setResource(resource);
    if (endpoint.isEmpty()) {
      return tracing.setSampler(Sampler.alwaysOff());
    }
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint.replaceAll("/+$", "") + "/v1/traces")
            .setTimeout(Duration.ofSeconds(5))
            .setRetryPolicy(RetryPolicy.getDefault())
            .build();
    return tracing
        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(ratio)))
        .addSpanProcessor(
            BatchSpanProcessor.builder(exporter).setScheduleDelay(Duration.ofSeconds(1)).build());
  }

  /** The API that the decorators and {@code rpc} use. */
  public OpenTelemetry api() {
    return sdk;
  }

  Meter meter() {
    return sdk.getMeter(SCOPE);
  }

  Tracer tracer() {
    return sdk.getTracer(SCOPE);
  }

  @Override
  public String scrape() {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    try {
      writer.write(page, reader.collect());
    } catch (IOException e) {
      throw new UncheckedIOException("a page in memory cannot fail to be written", e);
    }
    return page.toString(StandardCharsets.UTF_8);
  }

  /** Sends what waits to be sent, for at most two seconds. */
  @Override
  public void close() {
    sdk.getSdkTracerProvider().forceFlush().join(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
    sdk.close();
  }
}
