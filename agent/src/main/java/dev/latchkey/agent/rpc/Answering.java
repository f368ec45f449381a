package dev.latchkey.agent.rpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What the answering side of every call has: who asks, the trace, refusals, and one end.
 *
 * <p>Safe for use by several threads: what is sent after the end is dropped. Everything that is
 * sent is sent under the lock of this, which no listener is called under.
 */
abstract sealed class Answering<A> permits Reply, StreamReply {

  private final ServerCall<?, A> call;
  private final Connection.Attested connection;
  private final CallTelemetry.Measured measured;
  private final Refusals refusals;
  private @Nullable Runnable onEnd;
  private boolean begun;
  private boolean over;

  Answering(
      ServerCall<?, A> call,
      Connection.Attested connection,
      CallTelemetry.Measured measured,
      Refusals refusals) {
    this.call = call;
    this.connection = connection;
    this.measured = measured;
    this.refusals = refusals;
  }

  final Connection.Attested connection() {
    return connection;
  }

  /** The caller's W3C trace id; empty when it sent none. */
  final String traceId() {
    return measured.traceId();
  }

  /** Whether the transport takes a message without keeping it in memory. */
  final boolean isReady() {
    return call.isReady();
  }

  final synchronized boolean isOver() {
    return over;
  }

  /**
   * Calls {@code listener} once when the call is over for any reason; at once when it is already.
   */
  final void onEnd(Runnable listener) {
    synchronized (this) {
      if (!over) {
        onEnd = listener;
        return;
      }
    }
    listener.run();
  }

  /** Sends one message; nothing once the call is over. */
  final synchronized void sendOne(A message) {
    if (!over) {
      begin();
      call.sendMessage(message);
    }
  }

  private void begin() {
    if (!begun) {
      begun = true;
      call.sendHeaders(new Metadata());
    }
  }

  /** Ends the call well, after {@code last} where there is one. */
  final void finish(@Nullable A last) {
    synchronized (this) {
      if (!takeEnd(Status.Code.OK)) {
        return;
      }
      begin();
      if (last != null) {
        call.sendMessage(last);
      }
      call.close(Status.OK, new Metadata());
    }
    ended();
  }

  /** Refuses, and ends the call with what {@code failure} says. */
  final void refuse(Throwable failure) {
    if (isOver()) {
      return;
    }
    StatusRuntimeException refusal = refusals.refusal(failure);
    synchronized (this) {
      if (!takeEnd(refusal.getStatus().getCode())) {
        return;
      }
      call.close(refusal.getStatus(), Refusals.trailers(refusal));
    }
    ended();
  }

  /** The caller gave up, or its deadline passed. */
  final void cancelled() {
    synchronized (this) {
      if (!takeEnd(Status.Code.CANCELLED)) {
        return;
      }
    }
    ended();
  }

  /** Whether the end is the caller's of this, who holds the lock. */
  private boolean takeEnd(Status.Code code) {
    if (over) {
      return false;
    }
    over = true;
    measured.end(code);
    return true;
  }

  private void ended() {
    Runnable listener;
    synchronized (this) {
      listener = onEnd;
      onEnd = null;
    }
    if (listener != null) {
      listener.run();
    }
  }

  /** Runs {@code work} here, within the call's span, and refuses with whatever it throws. */
  final void attempt(Runnable work) {
    try {
      measured.within(work);
    } catch (RuntimeException | Error failure) {
      refuse(failure);
    }
  }

  /**
   * Runs {@code work} on {@code executor}. It is not interrupted when the caller gives up, because
   * others may share what it waits for.
   */
  final void attemptOn(Executor executor, Runnable work) {
    try {
      executor.execute(() -> attempt(work));
    } catch (RejectedExecutionException stopping) {
      refuse(Stopping.refusal());
    }
  }
}
