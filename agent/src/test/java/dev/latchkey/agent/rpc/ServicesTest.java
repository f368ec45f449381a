package dev.latchkey.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.latchkey.agent.attest.process.ApplicationAttestor;
import dev.latchkey.agent.attest.process.OwnUser;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.v1.AcknowledgeCredentialsRequest;
import dev.latchkey.v1.BackupStateRequest;
import dev.latchkey.v1.BatchGetSecretsRequest;
import dev.latchkey.v1.BatchGetSecretsResponse;
import dev.latchkey.v1.CheckTargetRequest;
import dev.latchkey.v1.DecryptItem;
import dev.latchkey.v1.DecryptRequest;
import dev.latchkey.v1.DecryptResponse;
import dev.latchkey.v1.DeleteSecretRequest;
import dev.latchkey.v1.DestroySecretRequest;
import dev.latchkey.v1.EncryptItem;
import dev.latchkey.v1.EncryptRequest;
import dev.latchkey.v1.ExplainSecretRequest;
import dev.latchkey.v1.GetHistoryRequest;
import dev.latchkey.v1.GetHistoryResponse;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import dev.latchkey.v1.ListSecretsRequest;
import dev.latchkey.v1.ListSecretsResponse;
import dev.latchkey.v1.PlanRotationRequest;
import dev.latchkey.v1.PutSecretRequest;
import dev.latchkey.v1.RollbackSecretRequest;
import dev.latchkey.v1.RotateKeyringRequest;
import dev.latchkey.v1.RotateSecretRequest;
import dev.latchkey.v1.RotationProgress;
import dev.latchkey.v1.SecretSummary;
import dev.latchkey.v1.TailAuditRequest;
import dev.latchkey.v1.UndeleteSecretRequest;
import dev.latchkey.v1.VerifyAuditRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every other RPC of both services, over real sockets. */
class ServicesTest {

  @TempDir private Path directory;
  private ServedAgent agent;
  private LatchkeyGrpc.LatchkeyBlockingStub client;
  private LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub operator;

  @BeforeEach
  void serve() {
    agent = new ServedAgent(directory);
    client = agent.client().withDeadlineAfter(10, TimeUnit.SECONDS);
    operator = agent.operator().withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void noPortWasCalledOnALoop() throws InterruptedException {
    agent.close();
    assertThat(agent.guard.breaches()).isEmpty();
  }

  @Test
  void theSocketsAreClosedToThoseNotMeant() throws Exception {
    assertThat(mode(agent.socket.resolveSibling("."))).isEqualTo("rwx------");
    assertThat(mode(agent.socket)).isEqualTo("rw-rw-rw-");
    assertThat(mode(agent.operatorSocket.resolveSibling("."))).isEqualTo("rwx------");
    assertThat(mode(agent.operatorSocket)).isEqualTo("rw-------");
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void anApplicationOfTheAgentsOwnUserIsRefusedOutsideDevelopment(@TempDir Path other)
      throws Exception {
    try (ServedAgent strict =
        new ServedAgent(
            other, new ApplicationAttestor(OwnUser.uid(), false, false), OpenTelemetry.noop())) {
      StatusRuntimeException refusal =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> strict.client().getSecret(GetSecretRequest.getDefaultInstance()));
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }
  }

  @Test
  void aBatchReportsEachFailureBesideTheOthersValues() {
    agent.current.put(FakeCurrent.state("a", 1, Map.of("v", "1")));
    BatchGetSecretsResponse batch =
        client.batchGetSecrets(
            BatchGetSecretsRequest.newBuilder()
                .addNames("a")
                .addNames("forbidden")
                .addNames("NOT A NAME")
                .addNames("missing")
                .build());
    assertThat(batch.getResultsList())
        .extracting(r -> r.getFailure().getReason())
        .containsExactly("", "DENIED", "INVALID_REQUEST", "UNAVAILABLE");
    assertThat(batch.getResults(0).getCredential().getFieldsMap())
        .containsEntry("v", ByteString.copyFromUtf8("1"));
  }

  @Test
  void aBatchIsReadAgainWhenOneOfItPassedTheDoorMeanwhile() {
    agent.current.put(FakeCurrent.state("a", 1, Map.of("v", "1")));
    AtomicInteger loads = new AtomicInteger();
    agent.current.loads(
        name -> {
          if (loads.incrementAndGet() == 1) {
            agent.current.put(FakeCurrent.state("a", 2, Map.of("v", "2")));
          }
          agent.current.put(FakeCurrent.state("b", 1, Map.of("v", "b")));
          return FakeCurrent.state("b", 1, Map.of("v", "b"));
        });
    BatchGetSecretsResponse batch =
        client.batchGetSecrets(
            BatchGetSecretsRequest.newBuilder().addNames("a").addNames("b").build());
    assertThat(batch.getResults(0).getCredential().getState().getVersion()).isEqualTo(2);
    assertThat(batch.getResults(1).getCredential().getState().getVersion()).isEqualTo(1);
  }

  @Test
  void listsPageByPageWhatTheCallerMaySee() {
    agent.catalog.declare("orders-db", false);
    agent.catalog.declare("orders-admin", false);
    agent.catalog.declare("aaa", false);
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      ListSecretsResponse page =
          client.listSecrets(
              ListSecretsRequest.newBuilder().setPageSize(2).setPageToken(token).build());
      page.getSecretsList().stream().map(SecretSummary::getName).forEach(names::add);
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(names).containsExactly("aaa", "app/a", "app/b", "orders-db");
  }

  @Test
  void ciphersSmallBatchesOnTheLoopAndLargeOnesElsewhere() {
    EncryptRequest.Builder small =
        EncryptRequest.newBuilder().setKeyring("default").addItems(item(16 * 1024));
    ByteString ciphertext = client.encrypt(small.build()).getResults(0).getCiphertext();
    client.encrypt(small.addItems(item(1)).build());
    assertThat(agent.keyrings.threads.get(0)).startsWith(EventLoops.THREAD_NAME);
    assertThat(agent.keyrings.threads.get(1)).doesNotStartWith(EventLoops.THREAD_NAME);
    DecryptResponse opened =
        client.decrypt(
            DecryptRequest.newBuilder()
                .setKeyring("default")
                .addItems(DecryptItem.newBuilder().setCiphertext(ciphertext))
                .addItems(DecryptItem.getDefaultInstance())
                .build());
    assertThat(opened.getResults(0).getPlaintext()).isEqualTo(item(16 * 1024).getPlaintext());
    assertThat(opened.getResults(1).getFailure().getReason()).isEqualTo("INVALID_REQUEST");
  }

  @Test
  void ciphersForAKeyringThatAServerKeepsNeverOnTheLoop() {
    EncryptRequest request =
        EncryptRequest.newBuilder().setKeyring(FakeKeyrings.REMOTE).addItems(item(1)).build();
    ByteString ciphertext = client.encrypt(request).getResults(0).getCiphertext();
    client.decrypt(
        DecryptRequest.newBuilder()
            .setKeyring(FakeKeyrings.REMOTE)
            .addItems(DecryptItem.newBuilder().setCiphertext(ciphertext))
            .build());
    assertThat(agent.keyrings.threads)
        .hasSize(2)
        .noneMatch(thread -> thread.startsWith(EventLoops.THREAD_NAME));
    assertThat(agent.guard.breaches()).isEmpty();
  }

  private static EncryptItem item(int size) {
    return EncryptItem.newBuilder().setPlaintext(ByteString.copyFrom(new byte[size])).build();
  }

  @Test
  void acknowledgesForTheSubscriberAlone() {
    agent.holders.subscribers.put(
        "mine",
        new dev.latchkey.agent.caller.Caller(
            OwnUser.uid(), OwnUser.uid(), 1, java.util.Optional.empty()));
    AcknowledgeCredentialsRequest.Builder request =
        AcknowledgeCredentialsRequest.newBuilder().setName("a").setVersion(3);
    client.acknowledgeCredentials(request.setSubscriptionId("mine").build());
    assertThat(agent.holders.acknowledged).containsExactly(3L);
    StatusRuntimeException refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> client.acknowledgeCredentials(request.setSubscriptionId("theirs").build()));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void takesVersionsAwayAndBringsThemBackAsTheOperatorNamesThem() {
    assertThat(
            operator
                .deleteSecret(
                    DeleteSecretRequest.newBuilder().setName("a").setRequestId("r1").build())
                .getVersionsList())
        .containsExactly("7");
    assertThat(
            operator
                .undeleteSecret(
                    UndeleteSecretRequest.newBuilder().setName("a").addVersions("3").build())
                .getVersionsList())
        .containsExactly("3");
    assertThat(
            operator
                .destroySecret(
                    DestroySecretRequest.newBuilder().setName("a").addVersions("4").build())
                .getVersionsList())
        .containsExactly("4");
    assertThat(agent.supply.changes())
        .extracting(change -> change.kind() + " " + change.requestId())
        .containsExactly("DELETE r1", "UNDELETE ", "DESTROY ");
  }

  @Test
  void namesNoVersionOfItsOwnToDestroyAndSaysWhatABackendDoesNotOffer() {
    StatusRuntimeException unnamed =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> operator.destroySecret(DestroySecretRequest.newBuilder().setName("a").build()));
    assertThat(unnamed.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    StatusRuntimeException unsupported =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> operator.deleteSecret(DeleteSecretRequest.newBuilder().setName("local").build()));
    assertThat(unsupported.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(agent.supply.changes()).isEmpty();
  }

  private Status.Code refusal(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus().getCode();
  }

  @Test
  void takesNoVersionAwayWhileARotationDrainsOrIsUnderWay() {
    SecretName name = new SecretName("orders-db");
    DestroySecretRequest destroy =
        DestroySecretRequest.newBuilder().setName("orders-db").addVersions("1").build();
    DeleteSecretRequest delete =
        DeleteSecretRequest.newBuilder().setName("orders-db").addVersions("1").build();
    UndeleteSecretRequest undelete =
        UndeleteSecretRequest.newBuilder().setName("orders-db").addVersions("1").build();
    for (RotationStep step : List.of(RotationStep.PUBLISHED, RotationStep.DRAINED)) {
      agent.rotations.stands(name, step, 2);
      assertThat(refusal(() -> operator.destroySecret(destroy)))
          .isEqualTo(Status.Code.FAILED_PRECONDITION);
      assertThat(refusal(() -> operator.deleteSecret(delete)))
          .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }
    assertThat(agent.supply.changes()).isEmpty();
    assertThat(operator.undeleteSecret(undelete).getVersionsList()).containsExactly("1");
    agent.rotations.stands(name, RotationStep.SET, 0);
    assertThat(refusal(() -> operator.undeleteSecret(undelete)))
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    agent.rotations.stands(name, RotationStep.RETIRED, 2);
    assertThat(operator.destroySecret(destroy).getVersionsList()).containsExactly("1");
  }

  @Test
  void servesEveryRpcOfTheOperator() {
    agent.catalog.declare("orders-db", true);
    assertThat(
            operator
                .putSecret(
                    PutSecretRequest.newBuilder()
                        .setName("orders-db")
                        .putFields("value", ByteString.copyFromUtf8("x"))
                        .build())
                .getChanged())
        .isTrue();
    assertThat(
            operator
                .explainSecret(ExplainSecretRequest.newBuilder().setName("orders-db").build())
                .getOrigin())
        .isEqualTo("declared");
    assertThat(
            operator
                .getHistory(GetHistoryRequest.newBuilder().setName("orders-db").build())
                .getVersions(0)
                .getCause())
        .isEqualTo("put");
    assertThat(
            operator
                .planRotation(PlanRotationRequest.newBuilder().setName("orders-db").build())
                .getSteps(0)
                .getStep())
        .isEqualTo("set");
    assertThat(
            operator
                .checkTarget(CheckTargetRequest.newBuilder().setName("orders").build())
                .getChecks(0)
                .getPassed())
        .isTrue();
    assertThat(
            operator
                .rotateKeyring(RotateKeyringRequest.newBuilder().setKeyring("default").build())
                .getKeyVersion())
        .isEqualTo(2);
    assertThat(operator.verifyAudit(VerifyAuditRequest.getDefaultInstance()).getIntact()).isTrue();
    assertThat(
            operator
                .backupState(BackupStateRequest.newBuilder().setPath("/tmp/copy").build())
                .getSize())
        .isEqualTo(42);
    assertThat(operator.getStatus(GetStatusRequest.getDefaultInstance()).getAgentVersion())
        .isEqualTo("1.2.3");
  }

  @Test
  void whatIsMountedAloneAndWasNeverKeptHasNoHistory() {
    GetHistoryRequest request =
        GetHistoryRequest.newBuilder().setName(FakeRotations.NEVER_ROTATED).build();
    assertThat(
            catchThrowableOfType(StatusRuntimeException.class, () -> operator.getHistory(request))
                .getStatus())
        .extracting(Status::getCode, Status::getDescription)
        .satisfies(
            told -> assertThat(told).first().isEqualTo(Status.Code.NOT_FOUND),
            told ->
                assertThat(told)
                    .last()
                    .asString()
                    .contains("not declared", "explain open/nothing"));

    agent.catalog.declare(FakeRotations.NEVER_ROTATED, false);
    assertThat(operator.getHistory(request)).isEqualTo(GetHistoryResponse.getDefaultInstance());
  }

  @Test
  void aKeyringsRotationIsAuditedInItsTransaction() {
    operator.rotateKeyring(RotateKeyringRequest.newBuilder().setKeyring("default").build());
    assertThat(agent.audit.changes)
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.operation()).isEqualTo("keyring.rotate");
              assertThat(record.actor()).startsWith("uid " + OwnUser.uid());
              assertThat(record.version()).isEqualTo(2);
              assertThat(record.detail()).isEqualTo("keyring default, key 8");
            });
  }

  @Test
  void streamsTheStepsOfARotationEachOnce() {
    assertThat(steps(operator.rotateSecret(RotateSecretRequest.newBuilder().setName("a").build())))
        .containsExactly("set", "published");
    assertThat(
            steps(operator.rollbackSecret(RollbackSecretRequest.newBuilder().setName("a").build())))
        .containsExactly("set", "published");
  }

  private static List<String> steps(Iterator<RotationProgress> progress) {
    List<String> steps = new ArrayList<>();
    progress.forEachRemaining(one -> steps.add(one.getStatus().getStep()));
    return steps;
  }

  @Test
  void followsTheAuditUntilTheCallIsCancelled() {
    client.batchGetSecrets(BatchGetSecretsRequest.newBuilder().addNames("forbidden").build());
    try (Context.CancellableContext call = Context.current().withCancellation()) {
      call.run(
          () -> {
            Iterator<dev.latchkey.v1.AuditEntry> tail =
                operator.tailAudit(
                    TailAuditRequest.newBuilder().setFromSequence(1).setFollow(true).build());
            assertThat(tail.next().getSecret()).isEqualTo("forbidden");
            assertThat(tail.next().getOperation()).isEqualTo("operator.audit.tail");
            client.batchGetSecrets(
                BatchGetSecretsRequest.newBuilder().addNames("forbidden-2").build());
            assertThat(tail.next().getSecret()).isEqualTo("forbidden-2");
          });
    }
    Awaitility.await().until(() -> agent.audit.followers() == 0);
  }

  @Test
  void theOperatorIsNotServedOnTheApplicationSocket() {
    LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub wrong =
        LatchkeyOperatorGrpc.newBlockingStub(agent.channel(agent.socket));
    StatusRuntimeException refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> wrong.getStatus(GetStatusRequest.getDefaultInstance()));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void explainsAnEndedLeaseAsExpiredAndAnOldValueAsUnavailable() {
    agent.catalog.declare("leased", false);
    agent.catalog.declare("old", false);
    SecretState state = FakeCurrent.state("leased", 1, Map.of("v", "1")).state();
    Instant ended = Instant.parse("2026-01-02T00:00:00Z");
    SecretState leased =
        new SecretState(
            state.name(),
            state.id(),
            state.backendVersion(),
            state.content(),
            new Lifetime.Leased(state.issuedAt(), ended, false),
            state.issuedAt(),
            state.publishedAt(),
            Optional.empty(),
            0,
            state.cause());
    agent.current.put(new Held(leased, state.issuedAt(), false, Duration.ofDays(36500)));
    agent.current.put(
        new Held(
            FakeCurrent.state("old", 1, Map.of("v", "1")).state(),
            state.issuedAt(),
            true,
            Duration.ofHours(1)));
    assertThat(condition("leased")).isEqualTo("expired");
    assertThat(condition("old")).isEqualTo("unavailable");
  }

  private String condition(String name) {
    return operator
        .explainSecret(ExplainSecretRequest.newBuilder().setName(name).build())
        .getCondition();
  }

  @Test
  void healthFollowsReadiness() {
    HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(agent.channel(agent.socket));
    HealthCheckRequest service =
        HealthCheckRequest.newBuilder().setService(LatchkeyGrpc.SERVICE_NAME).build();
    assertThat(health.check(service).getStatus())
        .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    agent.readiness.turn(false);
    assertThat(health.check(service).getStatus())
        .isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
    assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
        .isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
  }

  @Test
  void everyReasonHasItsStatus() {
    Map<Reason, Status.Code> expected =
        Map.ofEntries(
            Map.entry(Reason.INVALID_REQUEST, Status.Code.INVALID_ARGUMENT),
            Map.entry(Reason.UNKNOWN_CALLER, Status.Code.UNAUTHENTICATED),
            Map.entry(Reason.DENIED, Status.Code.PERMISSION_DENIED),
            Map.entry(Reason.NOT_FOUND, Status.Code.NOT_FOUND),
            Map.entry(Reason.VERSION_DESTROYED, Status.Code.FAILED_PRECONDITION),
            Map.entry(Reason.LEASE_EXPIRED, Status.Code.FAILED_PRECONDITION),
            Map.entry(Reason.BACKEND_REFUSED, Status.Code.FAILED_PRECONDITION),
            Map.entry(Reason.NOT_POSSIBLE_NOW, Status.Code.FAILED_PRECONDITION),
            Map.entry(Reason.CONFLICT, Status.Code.ABORTED),
            Map.entry(Reason.UNSUPPORTED, Status.Code.UNIMPLEMENTED),
            Map.entry(Reason.LIMIT_EXCEEDED, Status.Code.RESOURCE_EXHAUSTED),
            Map.entry(Reason.UNAVAILABLE, Status.Code.UNAVAILABLE),
            Map.entry(Reason.INTERNAL, Status.Code.INTERNAL));
    for (Reason reason : Reason.values()) {
      assertThat(Refusals.code(reason)).as(reason.name()).isEqualTo(expected.get(reason));
    }
  }
}
