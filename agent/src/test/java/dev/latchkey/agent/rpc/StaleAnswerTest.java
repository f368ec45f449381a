package dev.latchkey.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.GetSecretRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller sees of a backend that fails. */
class StaleAnswerTest {

  @TempDir Path directory;

  private ServedAgent agent;

  @BeforeEach
  void serve() {
    agent = new ServedAgent(directory);
  }

  @AfterEach
  void stop() throws InterruptedException {
    agent.close();
  }

  @Test
  void aStaleValueIsServedAndMarked() {
    Held fresh = FakeCurrent.state("orders-db", 3, Map.of("a", "1"));
    agent.current.put(fresh);
    assertThat(read("orders-db").getStale()).isFalse();
    agent.current.put(new Held(fresh.state(), fresh.confirmedAt(), true, Duration.ofDays(36500)));
    Credential stale = read("orders-db");
    assertThat(stale.getStale()).isTrue();
    assertThat(stale.getFieldsOrThrow("a").toStringUtf8()).isEqualTo("1");
    assertThat(stale.getAge().getSeconds()).isPositive();
  }

  @Test
  void onceNothingUsableIsHeldTheCallerIsToldWhenToAskAgain() {
    agent.current.loads(
        name -> {
          throw SecretException.retryable(
              Reason.UNAVAILABLE, "the backend cannot be reached", Duration.ofSeconds(7));
        });
    assertThatThrownBy(() -> read("orders-db"))
        .isInstanceOfSatisfying(StatusRuntimeException.class, StaleAnswerTest::saysWhen);
  }

  private Credential read(String name) {
    return agent
        .client()
        .getSecret(GetSecretRequest.newBuilder().setName(name).build())
        .getCredential();
  }

  private static void saysWhen(StatusRuntimeException refusal) {
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    List<Any> details = Objects.requireNonNull(StatusProto.fromThrowable(refusal)).getDetailsList();
    try {
      assertThat(details.get(0).unpack(ErrorInfo.class).getReason()).isEqualTo("UNAVAILABLE");
      assertThat(details.get(1).unpack(RetryInfo.class).getRetryDelay().getSeconds()).isEqualTo(7);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
