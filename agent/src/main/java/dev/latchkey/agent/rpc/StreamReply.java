package dev.latchkey.agent.rpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The answering side of a stream. Safe for use by several threads: what is sent after the end is
 * dropped, and the end comes once.
 */
final class StreamReply<A> {

  private final ServerCall<?, A> call;
  private final Connection.Attested connection;
  private final CallTelemetry.Measured measured;
  private final Refusals refusals;
  private @Nullable Runnable onReady;
  private @Nullable Runnable onEnd;
  private boolean begun;
  private boolean over;

  StreamReply(
      ServerCall<?, A> call,
      Connection.Attested connection,
      CallTelemetry.Measured measured,
      Refusals refusals) {
    this.call = call;
    this.connection = connection;
    this.measured = measured;
    this.refusals = refusals;
  }

  Connection.Attested connection() {
    return connection;
  }

  String traceId() {
    return measured.traceId();
  }

  /** Whether the transport takes a message without keeping it in memory. */
  boolean isReady() {
    return call.isReady();
  }

  /** Calls {@code listener} on the server's executor each time the transport can take more. */
  synchronized void onReady(Runnable listener) {
    onReady = listener;
  }

  /**
   * Calls {@code listener} once when the stream is over for any reason; at once when it is already.
   */
  void onEnd(Runnable listener) {
    synchronized (this) {
      if (!over) {
        onEnd = listener;
        return;
      }
    }
    listener.run();
  }

  synchronized void send(A message) {
    if (over) {
      return;
    }
    if (!begun) {
      begun = true;
      call.sendHeaders(new Metadata());
    }
    call.sendMessage(message);
  }

  /** Ends the stream well. */
  void complete() {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      if (!begun) {
        call.sendHeaders(new Metadata());
      }
      call.close(Status.OK, new Metadata());
    }
    ended(Status.Code.OK);
  }

  /** Ends the stream with what {@code failure} says. */
  void refuse(Throwable failure) {
    if (isOver()) {
      return;
    }
    StatusRuntimeException refusal = refusals.refusal(failure);
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      call.close(refusal.getStatus(), Refusals.trailers(refusal));
    }
    ended(refusal.getStatus().getCode());
  }

  void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error failure) {
      refuse(failure);
    }
  }

  void attemptOn(Executor executor, Runnable work) {
    try {
      executor.execute(() -> attempt(work));
    } catch (RejectedExecutionException stopping) {
      refuse(Stopping.refusal());
    }
  }

  /** The transport can take more. */
  void ready() {
    Runnable listener;
    synchronized (this) {
      listener = onReady;
    }
    if (listener != null) {
      listener.run();
    }
  }

  /** The caller gave up. */
  void cancelled() {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    ended(Status.Code.CANCELLED);
  }

  synchronized boolean isOver() {
    return over;
  }

  private void ended(Status.Code code) {
    measured.end(code);
    Runnable listener;
    synchronized (this) {
      listener = onEnd;
      onEnd = null;
    }
    if (listener != null) {
      listener.run();
    }
  }
}
