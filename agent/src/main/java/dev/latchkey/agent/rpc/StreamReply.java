package dev.latchkey.agent.rpc;

import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/** The answering side of a stream. */
final class StreamReply<A> extends Answering<A> {

  private volatile @Nullable Runnable onReady;

  StreamReply(
      ServerCall<?, A> call,
      Connection.Attested connection,
      CallTelemetry.Measured measured,
      Refusals refusals) {
    super(call, connection, measured, refusals);
  }

  /** Calls {@code listener} on the server's executor each time the transport can take more. */
  void onReady(Runnable listener) {
    onReady = listener;
  }

  /** The transport can take more. */
  void ready() {
    Runnable listener = onReady;
    if (listener != null) {
      listener.run();
    }
  }

  void send(A message) {
    sendOne(message);
  }

  /** Ends the stream well. */
  void complete() {
    finish(null);
  }
}
