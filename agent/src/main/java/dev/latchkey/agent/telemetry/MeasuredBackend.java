package dev.latchkey.agent.telemetry;

import static dev.latchkey.agent.secret.Reason.INTERNAL;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.backend.Listable;
import dev.latchkey.agent.backend.Unwrapping;
import dev.latchkey.agent.backend.Versioned;
import dev.latchkey.agent.backend.Writable;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A span for each read of a backend and each write to it, and the duration of each read; what else
 * it offers passes through.
 */
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
    if (!(backend instanceof Writable writable && backend instanceof Listable listable)) {
      return new MeasuredBackend(name, backend, time, telemetry);
    }
    return backend instanceof Leasing leasing && backend instanceof Versioned versioned
        ? new Remote(name, backend, writable, listable, versioned, leasing, time, telemetry)
        : new Whole(name, backend, writable, listable, time, telemetry);
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
    long start = time.nanoTime();
    AtomicReference<String> outcome = new AtomicReference<>("ok");
    try {
      return inSpan("backend.read", () -> backend.read(path, version), outcome::set);
    } finally {
      duration.record(
          (time.nanoTime() - start) / 1e9, Attributes.of(BACKEND, name, OUTCOME, outcome.get()));
    }
  }

  /** Calls the backend in a span of its own; {@code failed} is told the reason of a failure. */
  final <T> T inSpan(String spanName, Supplier<T> call, Consumer<String> failed) {
    Span span =
        tracer
            .spanBuilder(spanName)
            .setSpanKind(SpanKind.CLIENT)
            .setAttribute(BACKEND, name)
            .startSpan();
    try (Scope scope = span.makeCurrent()) {
      return call.get();
    } catch (RuntimeException | Error e) {
      String reason = (e instanceof SecretException known ? known.reason() : INTERNAL).name();
      failed.accept(reason);
      span.setStatus(StatusCode.ERROR, reason);
      throw e;
    } finally {
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
  private static class Whole extends MeasuredBackend implements Writable, Listable {

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
      return inSpan("backend.put", () -> writable.put(path, content, expected), reason -> {});
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

  /** A backend that takes writes, lists, keeps its versions, leases and unwraps. */
  private static final class Remote extends Whole implements Versioned, Leasing, Unwrapping {

    private final Versioned versioned;
    private final Leasing leasing;

    private Remote(
        String name,
        Backend backend,
        Writable writable,
        Listable listable,
        Versioned versioned,
        Leasing leasing,
        TimeSource time,
        Telemetry telemetry) {
      super(name, backend, writable, listable, time, telemetry);
      this.versioned = versioned;
      this.leasing = leasing;
    }

    @Override
    public Optional<BackendRead> unwrap(Path file, Optional<String> createdAt, String opened) {
      if (!(leasing instanceof Unwrapping unwrapping)) {
        throw SecretException.of(Reason.UNSUPPORTED, "the backend wraps nothing");
      }
      return inSpan(
          "backend.unwrap", () -> unwrapping.unwrap(file, createdAt, opened), reason -> {});
    }

    @Override
    public String newest(String path) {
      return inSpan("backend.newest", () -> versioned.newest(path), reason -> {});
    }

    @Override
    public void delete(String path, List<String> versions) {
      done("backend.delete", () -> versioned.delete(path, versions));
    }

    @Override
    public void undelete(String path, List<String> versions) {
      done("backend.undelete", () -> versioned.undelete(path, versions));
    }

    @Override
    public void destroy(String path, List<String> versions) {
      done("backend.destroy", () -> versioned.destroy(path, versions));
    }

    private void done(String spanName, Runnable call) {
      boolean _ =
          inSpan(
              spanName,
              () -> {
                call.run();
                return true;
              },
              reason -> {});
    }

    @Override
    public boolean mayLease(String path) {
      return leasing.mayLease(path);
    }

    @Override
    public Renewal renew(String leaseId, Duration wished) {
      return inSpan("backend.renew", () -> leasing.renew(leaseId, wished), reason -> {});
    }

    @Override
    public void revoke(String leaseId) {
      done("backend.revoke", () -> leasing.revoke(leaseId));
    }

    @Override
    public List<KnownLease> leases(String path) {
      return leasing.leases(path);
    }

    @Override
    public Duration callLimit() {
      return leasing.callLimit();
    }
  }
}
