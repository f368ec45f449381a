package dev.latchkey.bench.agent;

import dev.latchkey.bench.load.Bytes;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The yardstick: answers with the bytes it was last given, on its event loop, with no interceptor,
 * no attestation and nothing else. gRPC does as little here as it can.
 */
public final class ConstantServer {

  /** Takes the request's bytes as the constant. */
  public static final MethodDescriptor<byte[], byte[]> SET = Bytes.unary("bench.Constant", "Set");

  /** Answers with the constant. */
  public static final MethodDescriptor<byte[], byte[]> GET = Bytes.unary("bench.Constant", "Get");

  private volatile byte[] constant = new byte[0];

  /** Listens on a socket until the process ends. */
  static void start(Path socket) throws IOException {
    ConstantServer constant = new ConstantServer();
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Server server =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .directExecutor()
            .addService(constant.service())
            .build()
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow, "end-constant"));
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("bench.Constant")
        .addMethod(SET, ServerCalls.asyncUnaryCall(this::set))
        .addMethod(GET, ServerCalls.asyncUnaryCall(this::get))
        .build();
  }

  private void set(byte[] value, StreamObserver<byte[]> answer) {
    constant = value;
    get(value, answer);
  }

  private void get(byte[] request, StreamObserver<byte[]> answer) {
    answer.onNext(constant);
    answer.onCompleted();
  }
}
