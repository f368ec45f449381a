package dev.latchkey.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.latchkey.agent.Warns;
import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.current.Held;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.GetSecretResponse;
import dev.latchkey.v1.LatchkeyGrpc;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GetSecretTest {

  @TempDir private Path directory;
  private ServedAgent agent;
  private LatchkeyGrpc.LatchkeyBlockingStub client;

  @BeforeEach
  void serve() {
    agent = new ServedAgent(directory);
    client = agent.client().withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void noPortWasCalledOnALoop() throws InterruptedException {
    agent.close();
    assertThat(agent.guard.breaches()).isEmpty();
  }

  private static GetSecretRequest request(String name) {
    return GetSecretRequest.newBuilder().setName(name).build();
  }

  private StatusRuntimeException refusal(GetSecretRequest request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> client.getSecret(request));
  }

  @Test
  void answersAHeldValueWithoutAnyRead() {
    agent.current.put(FakeCurrent.state("orders-db", 3, Map.of("username", "a", "password", "s")));
    Credential credential = client.getSecret(request("orders-db")).getCredential();
    assertThat(credential.getName()).isEqualTo("orders-db");
    assertThat(credential.getState().getVersion()).isEqualTo(3);
    assertThat(credential.getState().getEpoch()).isEqualTo("epoch-one");
    assertThat(credential.getFieldsMap())
        .containsOnly(
            Map.entry("username", ByteString.copyFromUtf8("a")),
            Map.entry("password", ByteString.copyFromUtf8("s")));
    assertThat(credential.getAge().getSeconds()).isPositive();
    assertThat(credential.getMaxStale().getSeconds()).isEqualTo(36500L * 86400);
    assertThat(agent.current.reads).hasValue(0);
  }

  @Test
  void answersTheNewStateAfterAChange() {
    for (int version = 1; version <= 3; version++) {
      agent.current.put(FakeCurrent.state("orders-db", version, Map.of("v", "v" + version)));
      Credential credential = client.getSecret(request("orders-db")).getCredential();
      assertThat(credential.getFieldsMap().get("v"))
          .isEqualTo(ByteString.copyFromUtf8("v" + version));
    }
  }

  @Test
  void aWaitBeyondWhatAClockCanCountIsAsLongAsTheCall() throws Exception {
    GetSecretRequest.Builder waiting = request("late").toBuilder();
    waiting.getWaitBuilder().setSeconds(100_000_000_000L);
    int before = agent.current.listeners();
    CompletableFuture<GetSecretResponse> answer =
        CompletableFuture.supplyAsync(() -> client.getSecret(waiting.build()));
    await().until(() -> agent.current.listeners() > before || answer.isDone());
    agent.current.put(FakeCurrent.state("late", 1, Map.of("v", "came")));
    assertThat(answer.get(10, TimeUnit.SECONDS).getCredential().getFieldsMap())
        .containsEntry("v", ByteString.copyFromUtf8("came"));
  }

  @Test
  void aWaitThatIsNoLengthOfTimeIsRefusedByItsName() {
    for (long seconds : new long[] {-1, 1_000_000_000_000L, Long.MAX_VALUE}) {
      GetSecretRequest.Builder waiting = request("late").toBuilder();
      waiting.getWaitBuilder().setSeconds(seconds);
      Status refusal = refusal(waiting.build()).getStatus();
      assertThat(refusal.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(refusal.getDescription()).startsWith("wait ");
    }
  }

  @Test
  void loadsAMissOnAVirtualThread() {
    agent.current.loads(name -> FakeCurrent.state(name.text(), 1, Map.of("v", "loaded")));
    assertThat(client.getSecret(request("cold")).getCredential().getFieldsMap())
        .containsEntry("v", ByteString.copyFromUtf8("loaded"));
  }

  @Test
  void answersOneFieldAloneOrSaysThatThereIsNone() {
    agent.current.put(FakeCurrent.state("orders-db", 1, Map.of("a", "1", "b", "2")));
    GetSecretRequest.Builder field = request("orders-db").toBuilder();
    assertThat(client.getSecret(field.setField("b").build()).getCredential().getFieldsMap())
        .containsOnly(Map.entry("b", ByteString.copyFromUtf8("2")));
    assertThat(refusal(field.setField("c").build()).getStatus().getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void answersAnOlderVersionByTheBackendsText() {
    agent.current.put(FakeCurrent.state("orders-db", 4, Map.of("a", "1")));
    GetSecretRequest.Builder version = request("orders-db").toBuilder();
    assertThat(
            client
                .getSecret(version.setBackendVersion("v4").build())
                .getCredential()
                .getState()
                .getVersion())
        .isEqualTo(4);
    assertThat(refusal(version.setBackendVersion("v9").build()).getStatus().getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void deniesAlikeWhetherTheSecretExistsOrNot() throws InvalidProtocolBufferException {
    agent.current.put(FakeCurrent.state("forbidden-one", 1, Map.of("a", "1")));
    agent.current.put(FakeCurrent.state("orders-admin", 1, Map.of("a", "1")));
    StatusRuntimeException existing = refusal(request("forbidden-one"));
    StatusRuntimeException missing = refusal(request("forbidden-two"));
    StatusRuntimeException administrator = refusal(request("orders-admin"));
    assertThat(existing.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(bytes(missing)).isEqualTo(bytes(existing));
    assertThat(bytes(administrator)).isEqualTo(bytes(existing));
    assertThat(reason(existing)).isEqualTo("DENIED");
    assertThat(agent.current.reads).hasValue(0);
    assertThat(agent.audit.records)
        .extracting(AuditRecord::secret, AuditRecord::outcome)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("forbidden-one", AuditRecord.Outcome.DENIED),
            org.assertj.core.groups.Tuple.tuple("forbidden-two", AuditRecord.Outcome.DENIED),
            org.assertj.core.groups.Tuple.tuple("orders-admin", AuditRecord.Outcome.DENIED));
  }

  private static byte[] bytes(StatusRuntimeException refusal) {
    return StatusProto.fromThrowable(refusal).toByteArray();
  }

  private static String reason(StatusRuntimeException refusal)
      throws InvalidProtocolBufferException {
    com.google.rpc.Status status = StatusProto.fromThrowable(refusal);
    ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
    assertThat(info.getDomain()).isEqualTo("latchkey.dev");
    return info.getReason();
  }

  @Test
  void refusesNamesThatAreNoneAndCutsThemInTheAudit() {
    assertThat(refusal(request("x".repeat(400))).getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal(request("")).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(agent.audit.records.getFirst().secret()).hasSize(255);
  }

  @Test
  void givesNoValueWhenTheAuditIsFull() {
    agent.current.put(FakeCurrent.state("orders-db", 1, Map.of("a", "1")));
    agent.audit.isFull = true;
    assertThat(refusal(request("orders-db")).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void keepsTheHolderBeforeTheFirstDeliveryOfARotatedVersionOnly() {
    agent.catalog.declare("orders-db", true);
    agent.current.put(FakeCurrent.state("orders-db", 1, Map.of("a", "1")));
    client.getSecret(request("orders-db"));
    client.getSecret(request("orders-db"));
    assertThat(agent.holders.delivered).hasSize(1);
    agent.current.put(FakeCurrent.state("orders-db", 2, Map.of("a", "2")));
    client.getSecret(request("orders-db"));
    assertThat(agent.holders.delivered).hasSize(2);
    assertThat(agent.holders.delivered.getLast().version()).isEqualTo(2);
    agent.current.put(FakeCurrent.state("plain", 1, Map.of("a", "1")));
    client.getSecret(request("plain"));
    assertThat(agent.holders.delivered).hasSize(2);
  }

  @Test
  void waitsForTheFirstValue() throws Exception {
    CompletableFuture<Credential> waiting =
        CompletableFuture.supplyAsync(
            () ->
                client
                    .getSecret(
                        request("late").toBuilder()
                            .setWait(Duration.newBuilder().setSeconds(8).build())
                            .build())
                    .getCredential());
    Awaitility.await().until(() -> agent.current.reads.get() > 0);
    agent.current.put(FakeCurrent.state("late", 1, Map.of("a", "1")));
    assertThat(waiting.get(5, TimeUnit.SECONDS).getState().getVersion()).isEqualTo(1);
  }

  @Test
  void waitsNoLongerThanAsked() {
    StatusRuntimeException refusal =
        refusal(
            request("never").toBuilder()
                .setWait(Duration.newBuilder().setNanos(50_000_000).build())
                .build());
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(agent.current.listeners()).isEqualTo(1));
  }

  @Test
  void waitsNoLongerThanTheDeadline() {
    client = client.withDeadlineAfter(100, TimeUnit.MILLISECONDS);
    StatusRuntimeException refusal =
        refusal(
            request("never").toBuilder()
                .setWait(Duration.newBuilder().setSeconds(3600).build())
                .build());
    assertThat(refusal.getStatus().getCode())
        .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNAVAILABLE);
    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(agent.current.listeners()).isEqualTo(1));
  }

  @Test
  void aWaitEndsWhenTheCallerGivesUp() {
    GetSecretRequest forever =
        request("never").toBuilder().setWait(Duration.newBuilder().setSeconds(3600)).build();
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    try (Context.CancellableContext call = Context.current().withCancellation()) {
      call.run(() -> agent.asyncClient().getSecret(forever, new End(end)));
      Awaitility.await().until(() -> agent.current.listeners() == 2);
    }
    Awaitility.await().until(() -> agent.current.listeners() == 1);
    assertThat(Status.fromThrowable(end.join()).getCode()).isEqualTo(Status.Code.CANCELLED);
  }

  /** Notes how a call ends. */
  private record End(CompletableFuture<Throwable> end)
      implements StreamObserver<GetSecretResponse> {

    @Override
    public void onNext(GetSecretResponse answer) {
      end.completeExceptionally(new AssertionError("an answer came"));
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(failure);
    }

    @Override
    public void onCompleted() {
      end.completeExceptionally(new AssertionError("the call ended well"));
    }
  }

  @Test
  @Warns("call failed, correlation id")
  void tellsOfAnUnforeseenFailureByItsCorrelationIdAlone() {
    agent.current.loads(
        name -> {
          throw new IllegalStateException("password=hunter2");
        });
    StatusRuntimeException refusal = refusal(request("broken"));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(refusal.getStatus().getDescription())
        .contains("correlation id")
        .doesNotContain("hunter2");
  }

  @Test
  void refusesARequestThatIsTooLarge() {
    StatusRuntimeException refusal = refusal(request("x".repeat(100_000)));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void writesTheCallersTraceIntoTheAudit() {
    Held held = FakeCurrent.state("orders-db", 1, Map.of("a", "1"));
    agent.current.put(held);
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    client
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .getSecret(request("orders-db"));
    assertThat(agent.audit.records.getLast().traceId())
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(agent.audit.records.getLast().actor()).matches("uid \\d+ gid \\d+ pid \\d+");
  }
}
