package dev.latchkey.bench.agent;

import com.google.protobuf.ByteString;
import dev.latchkey.bench.load.Connections;
import dev.latchkey.v1.GetHistoryRequest;
import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub;
import dev.latchkey.v1.PutSecretRequest;
import dev.latchkey.v1.VersionEntry;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a measurement asks of the agent over its operator socket. Every call blocks. */
public final class AgentClient implements AutoCloseable {

  private static final long CALL_SECONDS = 30;
  private static final long POLL_NANOS = 2_000_000;

  private final Connections connections;
  private long readyNanos;

  private AgentClient(Path operatorSocket) {
    connections = new Connections(operatorSocket, 1);
  }

  /** Waits until the agent listens, asking every two milliseconds; it need not be ready. */
  public static AgentClient whenListening(AgentUnderTest agent) throws IOException {
    while (!Files.exists(agent.operatorSocket())) {
      agent.requireAlive();
      LockSupport.parkNanos(POLL_NANOS);
    }
    return new AgentClient(agent.operatorSocket());
  }

  /** Waits until the agent listens and says that it is ready, asking every two milliseconds. */
  public static AgentClient whenReady(AgentUnderTest agent) throws IOException {
    AgentClient client = whenListening(agent);
    while (!client.isReady()) {
      agent.requireAlive();
      LockSupport.parkNanos(POLL_NANOS);
    }
    client.readyNanos = System.nanoTime();
    return client;
  }

  /** How long after {@code begun}, by this process's nano time, the agent said that it is ready. */
  public long sinceNanos(long begun) {
    return readyNanos - begun;
  }

  private boolean isReady() {
    try {
      return stub().withWaitForReady().getStatus(GetStatusRequest.getDefaultInstance()).getReady();
    } catch (StatusRuntimeException notYet) {
      return false;
    }
  }

  /** Writes a secret of one field, and the version that this makes. */
  public long put(String name, String value) {
    return stub()
        .withWaitForReady()
        .putSecret(
            PutSecretRequest.newBuilder()
                .setName(name)
                .putFields("value", ByteString.copyFromUtf8(value))
                .build())
        .getState()
        .getVersion();
  }

  /** When the newest version of a secret became current, by the agent's clock. */
  public Instant publishedAt(String name) {
    VersionEntry newest =
        stub()
            .getHistory(GetHistoryRequest.newBuilder().setName(name).setLimit(1).build())
            .getVersions(0);
    return Instant.ofEpochSecond(
        newest.getPublishedAt().getSeconds(), newest.getPublishedAt().getNanos());
  }

  private LatchkeyOperatorBlockingStub stub() {
    return LatchkeyOperatorGrpc.newBlockingStub(connections.first())
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    connections.close();
  }
}
