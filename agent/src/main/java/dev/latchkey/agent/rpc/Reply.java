package dev.latchkey.agent.rpc;

import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.opentelemetry.api.trace.Span;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The answering side of one call: who asks, until when, and one answer or one refusal.
 *
 * <p>Answered once, from any one thread; an answer to a call that is over already is dropped.
 */
final class Reply<A> {

  private final ServerCall<?, A> call;
  private final Connection.Attested connection;
  private final CallTelemetry.Measured measured;
  private final Refusals refusals;
  private final @Nullable Deadline deadline;
  private @Nullable Runnable onCancel;
  private boolean over;

  Reply(
      ServerCall<?, A> call,
      Connection.Attested connection,
      CallTelemetry.Measured measured,
      Refusals refusals,
      @Nullable Deadline deadline) {
    this.call = call;
    this.connection = connection;
    this.measured = measured;
    this.refusals = refusals;
    this.deadline = deadline;
  }

  Connection.Attested connection() {
    return connection;
  }

  /** The caller's W3C trace id; empty when it sent none. */
  String traceId() {
    return measured.traceId();
  }

  Span span() {
    return measured.span();
  }

  /** The call's deadline; null when the caller set none. */
  @Nullable Deadline deadline() {
    return deadline;
  }

  /** Answers, and ends the call. */
  void answer(A answer) {
    if (end(Status.Code.OK)) {
      call.sendHeaders(new Metadata());
      call.sendMessage(answer);
      call.close(Status.OK, new Metadata());
    }
  }

  /** Refuses, and ends the call. */
  void refuse(Throwable failure) {
    if (isOver()) {
      return;
    }
    StatusRuntimeException refusal = refusals.refusal(failure);
    if (end(refusal.getStatus().getCode())) {
      call.close(refusal.getStatus(), Refusals.trailers(refusal));
    }
  }

  /** Runs {@code work} here, and refuses with whatever it throws. */
  void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error failure) {
      refuse(failure);
    }
  }

  /**
   * Runs {@code work} on {@code executor}. It is not interrupted when the caller gives up, because
   * others may share what it waits for.
   */
  void attemptOn(Executor executor, Runnable work) {
    try {
      executor.execute(() -> attempt(work));
    } catch (RejectedExecutionException stopping) {
      refuse(Stopping.refusal());
    }
  }

  /**
   * Calls {@code listener} once when the caller gives up; at once when the call is over already.
   */
  void onCancel(Runnable listener) {
    synchronized (this) {
      if (!over) {
        onCancel = listener;
        return;
      }
    }
    listener.run();
  }

  /** The caller gave up, or its deadline passed. */
  void cancelled() {
    Runnable listener;
    synchronized (this) {
      listener = onCancel;
    }
    if (end(Status.Code.CANCELLED) && listener != null) {
      listener.run();
    }
  }

  synchronized boolean isOver() {
    return over;
  }

  private boolean end(Status.Code code) {
    synchronized (this) {
      if (over) {
        return false;
      }
      over = true;
    }
    measured.end(code);
    return true;
  }
}
