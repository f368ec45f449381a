package dev.latchkey.bench.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.bench.load.Bytes;
import dev.latchkey.bench.load.ClosedLoop;
import dev.latchkey.bench.load.Connections;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.GetSecretResponse;
import dev.latchkey.v1.LatchkeyGrpc;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The generator against the yardstick, over a real socket. */
@Timeout(60)
class ConstantServerTest {

  @TempDir Path directory;

  private Path socket = Path.of("");

  @BeforeEach
  void listens() throws Exception {
    socket = directory.resolve("constant.sock");
    ConstantServer.start(socket);
  }

  @Test
  void answersWithTheBytesItWasGiven() {
    byte[] constant = {1, 2, 3, 0, -1};
    try (Connections connections = new Connections(socket, 1)) {
      ClientCalls.blockingUnaryCall(
          connections.first(), ConstantServer.SET, CallOptions.DEFAULT, constant);

      byte[] answer =
          ClientCalls.blockingUnaryCall(
              connections.first(), ConstantServer.GET, CallOptions.DEFAULT, new byte[0]);

      assertThat(answer).isEqualTo(constant);
    }
  }

  @Test
  void answersTheGeneratedRpcWithTheMessageThatTheBytesHold() {
    GetSecretResponse message =
        GetSecretResponse.newBuilder()
            .setCredential(Credential.newBuilder().setName("bench/read"))
            .build();
    try (Connections connections = new Connections(socket, 1)) {
      ClientCalls.blockingUnaryCall(
          connections.first(), ConstantServer.SET, CallOptions.DEFAULT, message.toByteArray());

      assertThat(
              LatchkeyGrpc.newBlockingStub(connections.first())
                  .getSecret(GetSecretRequest.getDefaultInstance()))
          .isEqualTo(message);
    }
  }

  @Test
  void isAskedExactlyAsOftenAsToldOnEveryConnection() throws Exception {
    try (Connections connections = new Connections(socket, 4)) {
      ClosedLoop load = new ClosedLoop(connections, 3, ConstantServer.GET, new byte[10]);

      ClosedLoop.Result result = load.runCalls(1000);

      assertThat(result.calls()).isEqualTo(1000);
      assertThat(result.perSecond()).isPositive();
      assertThat(result.latencies().percentileMicros(50)).isPositive();
    }
  }

  @Test
  void isAskedForAtLeastAsLongAsTold() throws Exception {
    try (Connections connections = new Connections(socket, 1)) {
      ClosedLoop load = new ClosedLoop(connections, 2, ConstantServer.GET, new byte[10]);

      assertThat(load.runFor(TimeUnit.MILLISECONDS.toNanos(50)).nanos())
          .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  @Test
  void aFailedCallFailsTheRun() {
    try (Connections connections = new Connections(socket, 1)) {
      ClosedLoop load =
          new ClosedLoop(connections, 2, Bytes.unary("bench.Constant", "None"), new byte[0]);

      assertThatThrownBy(() -> load.runCalls(10)).isInstanceOf(IllegalStateException.class);
    }
  }
}
