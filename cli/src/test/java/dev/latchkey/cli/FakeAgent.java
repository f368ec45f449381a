package dev.latchkey.cli;

import com.google.protobuf.Int32Value;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import dev.latchkey.cli.socket.QuietLogging;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * An agent of the tests, on a real socket: it serves every call of both services with what the test
 * said, else with an empty message, and keeps what it was asked.
 */
public final class FakeAgent implements AutoCloseable {
  static {
    QuietLogging.install();
  }

  private final Map<String, Function<Message, List<? extends Message>>> answers =
      new ConcurrentHashMap<>();
  private final List<Message> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Status> ends = new ConcurrentHashMap<>();
  private final Set<String> open = ConcurrentHashMap.newKeySet();
  private final List<String> called = new CopyOnWriteArrayList<>();
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Path socket;
  private final Server server;

  /** Serves at that path from now on. */
  public FakeAgent(Path socket) throws IOException {
    this.socket = socket;
    server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelFactory(NioServerDomainSocketChannel::new)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .directExecutor()
            .addService(service(LatchkeyGrpc.getServiceDescriptor()))
            .addService(service(LatchkeyOperatorGrpc.getServiceDescriptor()))
            .addService(health())
            .build()
            .start();
  }

  /** Answers the call of that name with these messages. */
  public FakeAgent answers(String call, Message... messages) {
    return answers(call, request -> List.of(messages));
  }

  /** Answers the call of that name by what it was asked. */
  public FakeAgent answers(String call, Function<Message, List<? extends Message>> answer) {
    answers.put(call, answer);
    return this;
  }

  /** Ends each call of that name with {@code status}, once it was answered. */
  public FakeAgent breaksOff(String call, Status status) {
    ends.put(call, status);
    return this;
  }

  /** Ends no call of that name by itself, once it was answered. */
  public FakeAgent keepsOpen(String call) {
    open.add(call);
    return this;
  }

  /** Refuses the call of that name. */
  public FakeAgent refuses(String call, Status status) {
    return answers(
        call,
        request -> {
          throw status.asRuntimeException();
        });
  }

  /** The calls' names, in the order in which they came. */
  public List<String> called() {
    return called;
  }

  /** The latest request of a type. */
  public <T extends Message> T asked(Class<T> type) {
    List<T> found = new ArrayList<>();
    requests.stream().filter(type::isInstance).map(type::cast).forEach(found::add);
    return found.getLast();
  }

  /** Where it serves. */
  public Path socket() {
    return socket;
  }

  @Override
  public void close() {
    server.shutdownNow();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  /** gRPC's own health, whose messages have the wire form of one text and one number. */
  private ServerServiceDefinition health() {
    MethodDescriptor<StringValue, Int32Value> check =
        MethodDescriptor.<StringValue, Int32Value>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Int32Value.getDefaultInstance()))
            .build();
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder("grpc.health.v1.Health");
    serve(service, check);
    return service.build();
  }

  private ServerServiceDefinition service(ServiceDescriptor descriptor) {
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor);
    descriptor.getMethods().forEach(method -> serve(service, method));
    return service.build();
  }

  private <Q, A> void serve(
      ServerServiceDefinition.Builder service, MethodDescriptor<Q, A> method) {
    service.addMethod(
        method,
        ServerCalls.asyncServerStreamingCall((request, sink) -> answer(method, request, sink)));
  }

  private <Q, A> void answer(MethodDescriptor<Q, A> method, Q request, StreamObserver<A> sink) {
    String name = Objects.requireNonNull(method.getBareMethodName());
    called.add(name);
    requests.add((Message) request);
    try {
      Function<Message, List<? extends Message>> answer = answers.get(name);
      if (answer == null) {
        sink.onNext(empty(method));
      } else {
        for (Message message : answer.apply((Message) request)) {
          sink.onNext(method.getResponseMarshaller().parse(message.toByteString().newInput()));
        }
      }
      if (ends.containsKey(name)) {
        sink.onError(ends.get(name).asRuntimeException());
      } else if (!open.contains(name)) {
        sink.onCompleted();
      }
    } catch (RuntimeException refusal) {
      sink.onError(refusal);
    }
  }

  private static <A> A empty(MethodDescriptor<?, A> method) {
    PrototypeMarshaller<A> marshaller = (PrototypeMarshaller<A>) method.getResponseMarshaller();
    return Objects.requireNonNull(marshaller.getMessagePrototype());
  }
}
