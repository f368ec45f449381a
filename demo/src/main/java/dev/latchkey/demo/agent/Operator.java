package dev.latchkey.demo.agent;

import com.google.protobuf.ByteString;
import dev.latchkey.client.AgentChannel;
import dev.latchkey.v1.CheckTargetRequest;
import dev.latchkey.v1.GetHistoryRequest;
import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub;
import dev.latchkey.v1.PutSecretRequest;
import dev.latchkey.v1.RotateSecretRequest;
import dev.latchkey.v1.RotationProgress;
import dev.latchkey.v1.RotationStatus;
import dev.latchkey.v1.TargetCheck;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What the demo asks of the agent over the operator socket. Every call blocks. */
public final class Operator implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration ROTATION_PATIENCE = Duration.ofSeconds(90);
  private static final int RECENT = 5;

  private final AgentChannel channel;

  public Operator(Path operatorSocket) {
    channel = AgentChannel.open(operatorSocket, Runnable::run);
  }

  /** Whether the agent answers and says that it is ready. */
  public boolean isReady() {
    try {
      return stub(PATIENCE).getStatus(GetStatusRequest.getDefaultInstance()).getReady();
    } catch (StatusRuntimeException notYet) {
      return false;
    }
  }

  /** Writes a login as a secret. */
  public void putLogin(String secret, String user, String password) {
    stub(PATIENCE)
        .putSecret(
            PutSecretRequest.newBuilder()
                .setName(secret)
                .putFields("username", ByteString.copyFromUtf8(user))
                .putFields("password", ByteString.copyFromUtf8(password))
                .build());
  }

  /**
   * The statements that give the administrator what rotation needs, as {@code target check --sql}
   * prints them.
   */
  public List<String> administratorSql(String target) {
    return List.copyOf(
        stub(PATIENCE)
            .checkTarget(CheckTargetRequest.newBuilder().setName(target).setSql(true).build())
            .getAdministratorSqlList());
  }

  /** Each right of the administrator that is missing, in words; empty when none is. */
  public List<String> missingRights(String target) {
    return stub(PATIENCE)
        .checkTarget(CheckTargetRequest.newBuilder().setName(target).build())
        .getChecksList()
        .stream()
        .filter(check -> !check.getPassed())
        .map(Operator::words)
        .toList();
  }

  private static String words(TargetCheck check) {
    return check.getCheck() + ": " + check.getDetail();
  }

  /**
   * Rotates a secret and returns the last step told, which is the publishing one when all went
   * well.
   *
   * @param progress told of each step as it is taken, on this thread
   */
  public RotationStatus rotate(String secret, Consumer<RotationStatus> progress) {
    Iterator<RotationProgress> steps =
        stub(ROTATION_PATIENCE)
            .rotateSecret(RotateSecretRequest.newBuilder().setName(secret).build());
    RotationStatus last = RotationStatus.getDefaultInstance();
    while (steps.hasNext()) {
      last = steps.next().getStatus();
      progress.accept(last);
    }
    return last;
  }

  /** How a recent rotation of a secret stands. */
  public Optional<RotationStatus> rotation(String secret, String rotationId) {
    return stub(PATIENCE)
        .getHistory(GetHistoryRequest.newBuilder().setName(secret).setLimit(RECENT).build())
        .getRotationsList()
        .stream()
        .filter(rotation -> rotation.getRotationId().equals(rotationId))
        .findFirst();
  }

  private LatchkeyOperatorBlockingStub stub(Duration patience) {
    return LatchkeyOperatorGrpc.newBlockingStub(channel.channel())
        .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    channel.close();
  }
}
