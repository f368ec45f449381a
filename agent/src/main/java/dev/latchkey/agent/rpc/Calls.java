package dev.latchkey.agent.rpc;

import dev.latchkey.agent.secret.SecretException;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Turns handlers into gRPC methods without interceptors, which would allocate on each call: the
 * caller is taken from the transport's attributes, the trace from the headers, and failures go
 * through the one mapper.
 */
final class Calls {

  private final Gate gate;
  private final CallTelemetry telemetry;
  private final Refusals refusals;

  Calls(Gate gate, CallTelemetry telemetry, Refusals refusals) {
    this.gate = gate;
    this.telemetry = telemetry;
    this.refusals = refusals;
  }

  /**
   * Handles one request with one answer; called on the server's executor, which may be the event
   * loop.
   */
  @FunctionalInterface
  interface Unary<Q, A> {
    void handle(Q request, Reply<A> reply);
  }

  /** Handles one request with a stream of answers; called like {@link Unary}. */
  @FunctionalInterface
  interface Streaming<Q, A> {
    void handle(Q request, StreamReply<A> reply);
  }

  <Q, A> ServerMethodDefinition<Q, A> unary(MethodDescriptor<Q, A> method, Unary<Q, A> handler) {
    return ServerMethodDefinition.create(
        method,
        (call, headers) -> {
          CallTelemetry.Measured measured = telemetry.begin(method.getFullMethodName(), headers);
          Connection.Attested connection = attested(call, measured);
          if (connection == null) {
            return new ServerCall.Listener<>() {};
          }
          Reply<A> reply =
              new Reply<>(call, connection, measured, refusals, Context.current().getDeadline());
          call.request(2);
          return new UnaryListener<>(handler, reply);
        });
  }

  <Q, A> ServerMethodDefinition<Q, A> streaming(
      MethodDescriptor<Q, A> method, Streaming<Q, A> handler) {
    return ServerMethodDefinition.create(
        method,
        (call, headers) -> {
          CallTelemetry.Measured measured = telemetry.begin(method.getFullMethodName(), headers);
          Connection.Attested connection = attested(call, measured);
          if (connection == null) {
            return new ServerCall.Listener<>() {};
          }
          StreamReply<A> reply = new StreamReply<>(call, connection, measured, refusals);
          call.request(2);
          return new StreamListener<>(handler, reply);
        });
  }

  private Connection.@Nullable Attested attested(
      ServerCall<?, ?> call, CallTelemetry.Measured measured) {
    Connection connection = call.getAttributes().get(Connection.KEY);
    if (connection instanceof Connection.Attested attested) {
      return attested;
    }
    Connection.Refused refused =
        connection instanceof Connection.Refused known
            ? known
            : Connection.Refused.unknown(Connection.noSocket());
    StatusRuntimeException refusal =
        refusals.refusal(written(refused, call.getMethodDescriptor(), measured));
    measured.end(refusal.getStatus().getCode());
    call.close(refusal.getStatus(), Refusals.trailers(refusal));
    return null;
  }

  /** Writes the refusal down; what is to be told then. */
  private SecretException written(
      Connection.Refused refused, MethodDescriptor<?, ?> method, CallTelemetry.Measured measured) {
    try {
      gate.unattested(refused, String.valueOf(method.getBareMethodName()), measured.traceId());
      return refused.why();
    } catch (SecretException full) {
      return full;
    }
  }

  /** Waits for the one request. */
  private abstract static class OneRequest<Q> extends ServerCall.Listener<Q> {

    private @Nullable Q request;
    private boolean tooMany;

    @Override
    public void onMessage(Q message) {
      tooMany = request != null;
      request = message;
    }

    @Override
    public void onHalfClose() {
      if (request == null || tooMany) {
        wrong(SecretException.invalid("request", "must be exactly one message"));
      } else {
        handle(request);
        request = null;
      }
    }

    abstract void handle(Q one);

    abstract void wrong(SecretException why);
  }

  private static final class UnaryListener<Q, A> extends OneRequest<Q> {

    private final Unary<Q, A> handler;
    private final Reply<A> reply;

    UnaryListener(Unary<Q, A> handler, Reply<A> reply) {
      this.handler = handler;
      this.reply = reply;
    }

    @Override
    void handle(Q one) {
      reply.attempt(() -> handler.handle(one, reply));
    }

    @Override
    void wrong(SecretException why) {
      reply.refuse(why);
    }

    @Override
    public void onCancel() {
      reply.cancelled();
    }
  }

  private static final class StreamListener<Q, A> extends OneRequest<Q> {

    private final Streaming<Q, A> handler;
    private final StreamReply<A> reply;

    StreamListener(Streaming<Q, A> handler, StreamReply<A> reply) {
      this.handler = handler;
      this.reply = reply;
    }

    @Override
    void handle(Q one) {
      reply.attempt(() -> handler.handle(one, reply));
    }

    @Override
    void wrong(SecretException why) {
      reply.refuse(why);
    }

    @Override
    public void onReady() {
      reply.ready();
    }

    @Override
    public void onCancel() {
      reply.cancelled();
    }
  }
}
