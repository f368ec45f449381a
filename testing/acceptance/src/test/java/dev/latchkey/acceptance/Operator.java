package dev.latchkey.acceptance;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.ByteString;
import dev.latchkey.client.AgentChannel;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.v1.BackupStateRequest;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub;
import dev.latchkey.v1.PutSecretRequest;
import dev.latchkey.v1.RotateSecretRequest;
import dev.latchkey.v1.StateId;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** The operator service of one life of an agent, without the cost of a process for each call. */
final class Operator implements AutoCloseable {

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AgentChannel channel;

  Operator(RunningAgent agent) {
    channel = AgentChannel.open(agent.operatorSocket(), threads);
  }

  /** Does its work, or as much of it as there is time for until the agent is killed. */
  static void untilKilled(RunningAgent agent, Consumer<Operator> work) {
    try (Operator operator = new Operator(agent)) {
      work.accept(operator);
    } catch (StatusRuntimeException theAgentDied) {
      if (LatchkeyException.from(theAgentDied).reason() != Reason.UNAVAILABLE) {
        throw theAgentDied;
      }
    }
  }

  LatchkeyOperatorBlockingStub calls() {
    return LatchkeyOperatorGrpc.newBlockingStub(channel.channel());
  }

  /** Writes a secret of one field and returns what is current then. */
  StateId put(String name, String field, String value) {
    return put(name, Map.of(field, value));
  }

  /** Writes a secret and returns what is current then; fails where no answer comes for a minute. */
  StateId put(String name, Map<String, String> fields) {
    PutSecretRequest.Builder request = PutSecretRequest.newBuilder().setName(name);
    fields.forEach((field, value) -> request.putFields(field, ByteString.copyFromUtf8(value)));
    return calls().withDeadlineAfter(60, SECONDS).putSecret(request.build()).getState();
  }

  /** Rotates a secret, and returns when the new login is published. */
  void rotate(String name) {
    calls()
        .rotateSecret(RotateSecretRequest.newBuilder().setName(name).build())
        .forEachRemaining(progress -> {});
  }

  void backup(Path file) {
    calls().backupState(BackupStateRequest.newBuilder().setPath(file.toString()).build());
  }

  @Override
  public void close() {
    channel.close();
    threads.close();
  }
}
