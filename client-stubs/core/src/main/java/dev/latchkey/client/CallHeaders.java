package dev.latchkey.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Puts the application's headers, such as {@code traceparent}, on each call.
 *
 * <p>The supplier is asked on the thread that makes the call. One that throws, or a header that
 * gRPC does not take, costs the header and never the call.
 */
final class CallHeaders implements ClientInterceptor {

  private final Supplier<Map<String, String>> headers;

  CallHeaders(Supplier<Map<String, String>> headers) {
    this.headers = headers;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    Metadata mine = read();
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata sent) {
        sent.merge(mine);
        super.start(listener, sent);
      }
    };
  }

  private Metadata read() {
    Metadata read = new Metadata();
    try {
      headers
          .get()
          .forEach(
              (name, value) ->
                  read.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
    } catch (RuntimeException unusable) {
      return new Metadata();
    }
    return read;
  }
}
