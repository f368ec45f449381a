package dev.latchkey.bench.agent;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.latchkey.bench.load.Bytes;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.GetSecretResponse;
import dev.latchkey.v1.LatchkeyGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
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
 * The yardsticks: answer with the constant that they were last given, on their event loop, with no
 * interceptor, no attestation and nothing else. One is the generated service, whose messages are
 * parsed and serialised as in any RPC; the other passes bytes through, and gRPC can do no less.
 */
public final class ConstantServer {

  /** Takes the request's bytes as the constant. */
  public static final MethodDescriptor<byte[], byte[]> SET = Bytes.unary("bench.Constant", "Set");

  /** Answers with the constant. */
  public static final MethodDescriptor<byte[], byte[]> GET = Bytes.unary("bench.Constant", "Get");

  private volatile byte[] constant = new byte[0];
  private volatile GetSecretResponse message = GetSecretResponse.getDefaultInstance();

  /** Listens on a socket until the process ends. */
  static void start(Path socket) throws IOException {
    ConstantServer constant = new ConstantServer();
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Server server =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollServerDomainSocketChannel.class)
            .withChildOption(ChannelOption.SO_KEEPALIVE, null)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .directExecutor()
            .addService(constant.service())
            .addService(constant.new Generated())
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
    try {
      message = GetSecretResponse.parseFrom(value);
    } catch (InvalidProtocolBufferException otherBytes) {
      // Only the bytes are wanted then.
    }
    get(value, answer);
  }

  private void get(byte[] request, StreamObserver<byte[]> answer) {
    answer.onNext(constant);
    answer.onCompleted();
  }

  /** The service as protoc makes it. */
  private final class Generated extends LatchkeyGrpc.LatchkeyImplBase {

    @Override
    public void getSecret(GetSecretRequest request, StreamObserver<GetSecretResponse> answer) {
      answer.onNext(message);
      answer.onCompleted();
    }
  }
}
