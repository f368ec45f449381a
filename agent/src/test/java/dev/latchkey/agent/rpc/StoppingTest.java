package dev.latchkey.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.v1.BackupStateRequest;
import dev.latchkey.v1.BackupStateResponse;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.QuitRequest;
import dev.latchkey.v1.RotateSecretRequest;
import dev.latchkey.v1.TailAuditRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stopping agent does with what is under way; the drain time is 30 s. */
class StoppingTest {

  /** Far less than the drain time, and more than any call takes that nobody holds up. */
  private static final Duration SOON = Duration.ofSeconds(15);

  @TempDir private Path directory;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private ServedAgent agent;

  @BeforeEach
  void serve() {
    agent = new ServedAgent(directory);
  }

  @AfterEach
  void stop() throws InterruptedException {
    agent.close();
    threads.shutdownNow();
  }

  @Test
  void anOperatorsCallUnderWayIsAnswered() throws Exception {
    CompletableFuture<Long> written = new CompletableFuture<>();
    agent.backup = file -> written.join();
    CompletableFuture<BackupStateResponse> answer =
        CompletableFuture.supplyAsync(
            () ->
                agent
                    .operator()
                    .backupState(BackupStateRequest.newBuilder().setPath("/copy").build()),
            threads);
    await().until(() -> written.getNumberOfDependents() > 0);
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(agent.servers::close, threads);
    assertThatThrownBy(() -> answer.get(2, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    written.complete(7L);
    assertThat(answer.get(10, TimeUnit.SECONDS).getSize()).isEqualTo(7);
    stopped.get(10, TimeUnit.SECONDS);
  }

  @Test
  void anOperatorWhoEndsTheAgentIsAnsweredAndWrittenDown() {
    agent.operator().quit(QuitRequest.newBuilder().setApplicationEnded(true).build());
    await().until(() -> !agent.endings.isEmpty());
    assertThat(agent.endings).singleElement().asString().matches("asked by uid .* true");
    assertThat(agent.audit.records).extracting(r -> r.operation()).containsExactly("operator.quit");
  }

  @Test
  void nobodyEndsTheAgentUnseen() {
    agent.audit.isFull = true;
    assertThatThrownBy(() -> agent.operator().quit(QuitRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class);
    assertThat(agent.endings).isEmpty();
  }

  @Test
  void whoWaitsForARotationIsToldThatItGoesOn() throws Exception {
    CompletableFuture<Void> end = new CompletableFuture<>();
    agent.rotations.holdUp(end);
    Iterator<?> steps =
        agent.operator().rotateSecret(RotateSecretRequest.newBuilder().setName("db").build());
    assertThat(steps.next()).isNotNull();
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(agent.servers::close, threads);
    assertThatThrownBy(
            () -> {
              while (steps.hasNext()) {
                steps.next();
              }
            })
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refusal -> {
              assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
              assertThat(refusal.getStatus().getDescription()).contains("goes on");
            });
    stopped.get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aWatchedHealthHoldsUpNoStop() throws Exception {
    Iterator<HealthCheckResponse> watch =
        HealthGrpc.newBlockingStub(agent.channel(agent.socket))
            .watch(HealthCheckRequest.newBuilder().setService(LatchkeyGrpc.SERVICE_NAME).build());
    assertThat(watch.next().getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    assertStopsSoonEnding(watch);
  }

  @Test
  void aFollowedAuditHoldsUpNoStop() throws Exception {
    Iterator<?> tail =
        agent.operator().tailAudit(TailAuditRequest.newBuilder().setFollow(true).build());
    assertThat(tail.next()).isNotNull();
    await().until(() -> agent.audit.followers() == 1);
    assertStopsSoonEnding(tail);
  }

  @Test
  void aWaitForAFirstValueHoldsUpNoStop() throws Exception {
    int before = agent.current.listeners();
    agent.current.loads(
        name -> {
          throw SecretException.of(Reason.UNAVAILABLE, "not yet");
        });
    CompletableFuture<?> answer =
        CompletableFuture.supplyAsync(
            () ->
                agent
                    .client()
                    .getSecret(
                        GetSecretRequest.newBuilder()
                            .setName("orders-db")
                            .setWait(Wire.duration(Duration.ofHours(1)))
                            .build()),
            threads);
    await().until(() -> agent.current.listeners() > before);
    CompletableFuture.runAsync(agent.servers::close, threads)
        .get(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThatThrownBy(answer::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("UNAVAILABLE");
  }

  private void assertStopsSoonEnding(Iterator<?> stream) throws Exception {
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(agent.servers::close, threads);
    assertThatThrownBy(
            () -> {
              while (stream.hasNext()) {
                stream.next();
              }
            })
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refusal ->
                assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    stopped.get(SOON.toSeconds(), TimeUnit.SECONDS);
  }
}
