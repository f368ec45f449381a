package dev.latchkey.agent.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps account of the streams of gRPC's own services, health and reflection, which know no stop: a
 * watched health would last until the drain time is over.
 */
final class StandardStreams implements ServerInterceptor {

  private final Refusals refusals;
  private final Set<Stoppable<?, ?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  StandardStreams(Refusals refusals) {
    this.refusals = refusals;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
      return next.startCall(call, headers);
    }
    Stoppable<Q, A> stoppable = new Stoppable<>(call);
    open.add(stoppable);
    ServerCall.Listener<Q> listener = next.startCall(stoppable, headers);
    if (stopping) {
      stoppable.stop();
    }
    return new Forgetting<>(listener, stoppable);
  }

  /** Ends every open stream so that its client connects again, and every one that comes later. */
  void stop() {
    stopping = true;
    List.copyOf(open).forEach(Stoppable::stop);
  }

  /** A call that another thread may end; what its service still sends then is dropped. */
  private final class Stoppable<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private boolean over;

    Stoppable(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!over) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!over) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      open.remove(this);
      if (!over) {
        over = true;
        super.close(status, trailers);
      }
    }

    void stop() {
      StatusRuntimeException refusal = refusals.refusal(Stopping.refusal());
      close(refusal.getStatus(), Refusals.trailers(refusal));
    }
  }

  /** Forgets a call whose caller gave up. */
  private final class Forgetting<Q> extends SimpleForwardingServerCallListener<Q> {

    private final Stoppable<?, ?> call;

    Forgetting(ServerCall.Listener<Q> listener, Stoppable<?, ?> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onCancel() {
      open.remove(call);
      super.onCancel();
    }
  }
}
