package dev.latchkey.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.latchkey.cli.output.Terminal;
import dev.latchkey.cli.socket.QuietLogging;
import dev.latchkey.v1.BatchGetSecretsResponse;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.GetSecretResponse;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import dev.latchkey.v1.RotationProgress;
import dev.latchkey.v1.RotationStatus;
import dev.latchkey.v1.SecretResult;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The run from which the virtual machine learns what the command line needs to start fast: common
 * verbs against a server in this process whose answers say no more than a verb needs to end well.
 * It needs no agent, touches no secret, and writes only a socket in a temporary directory.
 */
public final class Training {
  private static final List<List<String>> LESSONS =
      List.of(
          List.of("get", "lesson"),
          List.of("get", "lesson", "--field", "password"),
          List.of("get", "lesson", "--json"),
          List.of("get", "lesson", "lesson-two"),
          List.of("list"),
          List.of("put", "lesson", "password=-", "--expect", "1"),
          List.of("rotate", "lesson"),
          List.of("status"),
          List.of("status", "--json"),
          List.of("exec", "--secret", "lesson", "--on-change", "signal", "true"),
          List.of("--help"));

  private Training() {}

  /** Runs every lesson; ends with 1 when one of them failed. */
  public static void main(String[] arguments) throws IOException {
    QuietLogging.install();
    Path directory = Files.createTempDirectory("latchkey-training");
    Path socket = directory.resolve("s");
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Server server = server(socket, loop).start();
    try {
      LESSONS.forEach(lesson -> learn(lesson, socket));
    } finally {
      server.shutdownNow();
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
      Files.deleteIfExists(socket);
      Files.deleteIfExists(directory);
    }
  }

  private static void learn(List<String> lesson, Path socket) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Map<String, String> environment =
        Map.of("LATCHKEY_SOCKET", "" + socket, "LATCHKEY_OPERATOR_SOCKET", "" + socket);
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream("lesson".getBytes(StandardCharsets.UTF_8)),
            nowhere,
            System.err,
            environment,
            socket.resolveSibling(""),
            false);
    int code = new Program(terminal).run(lesson);
    if (code != 0) {
      throw new IllegalStateException("lesson failed: " + String.join(" ", lesson));
    }
  }

  private static Server server(Path socket, EventLoopGroup loop) {
    return NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
        .channelFactory(NioServerDomainSocketChannel::new)
        .bossEventLoopGroup(loop)
        .workerEventLoopGroup(loop)
        .directExecutor()
        .addService(service(LatchkeyGrpc.getServiceDescriptor()))
        .addService(service(LatchkeyOperatorGrpc.getServiceDescriptor()))
        .build();
  }

  private static ServerServiceDefinition service(ServiceDescriptor descriptor) {
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor);
    descriptor.getMethods().forEach(method -> answer(service, method));
    return service.build();
  }

  private static <Q, A> void answer(
      ServerServiceDefinition.Builder service, MethodDescriptor<Q, A> method) {
    A message = message(method);
    service.addMethod(
        method,
        ServerCalls.asyncServerStreamingCall(
            (request, answers) -> {
              answers.onNext(message);
              answers.onCompleted();
            }));
  }

  private static <A> A message(MethodDescriptor<?, A> method) {
    PrototypeMarshaller<A> marshaller = (PrototypeMarshaller<A>) method.getResponseMarshaller();
    A empty = Objects.requireNonNull(marshaller.getMessagePrototype());
    return switch (empty) {
      case GetSecretResponse one ->
          parsed(method, GetSecretResponse.newBuilder().setCredential(lesson()).build());
      case BatchGetSecretsResponse several ->
          parsed(
              method,
              BatchGetSecretsResponse.newBuilder()
                  .addResults(SecretResult.newBuilder().setName("lesson").setCredential(lesson()))
                  .build());
      case RotationProgress step ->
          parsed(
              method,
              RotationProgress.newBuilder()
                  .setStatus(
                      RotationStatus.newBuilder()
                          .setName("lesson")
                          .setStep("published")
                          .setVersion(1))
                  .build());
      default -> empty;
    };
  }

  private static <A> A parsed(MethodDescriptor<?, A> method, Message answer) {
    return method.getResponseMarshaller().parse(answer.toByteString().newInput());
  }

  private static Credential.Builder lesson() {
    return Credential.newBuilder()
        .setName("lesson")
        .putFields("password", ByteString.copyFromUtf8("lesson"));
  }
}
