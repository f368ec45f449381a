package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.latchkey.v1.AcknowledgeCredentialsRequest;
import dev.latchkey.v1.BatchGetSecretsResponse;
import dev.latchkey.v1.CaughtUp;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.DecryptRequest;
import dev.latchkey.v1.DecryptResponse;
import dev.latchkey.v1.DecryptResult;
import dev.latchkey.v1.EncryptRequest;
import dev.latchkey.v1.EncryptResponse;
import dev.latchkey.v1.EncryptResult;
import dev.latchkey.v1.Failure;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.GetSecretResponse;
import dev.latchkey.v1.ListSecretsRequest;
import dev.latchkey.v1.ListSecretsResponse;
import dev.latchkey.v1.SecretResult;
import dev.latchkey.v1.SecretSummary;
import dev.latchkey.v1.StateId;
import dev.latchkey.v1.SubscriptionStarted;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of the application socket, against a fake agent on a real socket. */
class ApplicationVerbsTest {
  private static final Credential ORDERS =
      Credential.newBuilder()
          .setName("orders-db")
          .setState(StateId.newBuilder().setEpoch("e1").setVersion(7).setRevision(9))
          .putFields("username", ByteString.copyFromUtf8("orders_a"))
          .putFields("password", ByteString.copyFromUtf8("s3cret\u00fc"))
          .setIssuedAt(Timestamp.newBuilder().setSeconds(1_790_000_000))
          .setMaxStale(Duration.newBuilder().setSeconds(3600))
          .build();

  @TempDir Path directory;
  private FakeAgent agent;

  @BeforeEach
  void start() throws IOException {
    agent = new FakeAgent(directory.resolve("a.sock"));
  }

  @AfterEach
  void stop() {
    agent.close();
  }

  @Test
  void getShowsEveryFieldAligned() {
    serve(ORDERS);
    Run run = Run.of(agent, "get", "orders-db");
    assertThat(run.out()).isEqualTo("password  s3cret\u00fc\nusername  orders_a\n");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @Test
  void getSendsFieldVersionAndWait() {
    serve(ORDERS);
    Run.of(agent, "get", "orders-db", "--field", "password", "--version", "v3", "--wait", "90s");
    GetSecretRequest asked = agent.asked(GetSecretRequest.class);
    assertThat(asked.getName()).isEqualTo("orders-db");
    assertThat(asked.getField()).isEqualTo("password");
    assertThat(asked.getBackendVersion()).isEqualTo("v3");
    assertThat(asked.getWait().getSeconds()).isEqualTo(90);
  }

  @Test
  void getOfOneFieldPrintsItsValueAlone() {
    serve(ORDERS);
    assertThat(Run.of(agent, "get", "orders-db", "--field", "username").out())
        .isEqualTo("orders_a\n");
  }

  @Test
  void getRawWritesTheBytesAndNothingElse() {
    serve(Credential.newBuilder().putFields("key", bytes(0, 255, 10)).build());
    assertThat(Run.of(agent, "get", "k", "--raw").bytes())
        .containsExactly((byte) 0, (byte) 255, (byte) 10);
  }

  @Test
  void getRawOfSeveralFieldsAsksForOne() {
    serve(ORDERS);
    Run run = Run.of(agent, "get", "orders-db", "--raw");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("has 2", "--field", "password").doesNotContain("s3cret");
  }

  @Test
  void getInJsonHasEveryFieldOfTheContract() {
    serve(ORDERS);
    assertThat(Run.of(agent, "get", "orders-db", "--json").out())
        .isEqualTo(
            "{\"name\":\"orders-db\",\"state\":{\"epoch\":\"e1\",\"version\":7,\"revision\":9},"
                + "\"backend_version\":\"\",\"fields\":{\"password\":\"s3cret\\u00fc\","
                + "\"username\":\"orders_a\"},\"issued_at\":\"2026-09-21T14:13:20Z\","
                + "\"expires_at\":null,\"previous_valid_until\":null,\"renewable\":false,"
                + "\"stale\":false,\"age\":null,\"rolled_back_from\":0,\"max_stale\":\"3600s\"}\n");
  }

  @Test
  void getInJsonWritesBytesThatAreNoTextInBase64() {
    serve(Credential.newBuilder().putFields("key", bytes(0, 255, 10)).build());
    assertThat(Run.of(agent, "get", "k", "--json").out())
        .contains("\"fields\":{\"key\":{\"base64\":\"AP8K\"}}");
  }

  @Test
  void aStaleValueIsAnnouncedOnStandardError() {
    serve(ORDERS.toBuilder().setStale(true).setAge(Duration.newBuilder().setSeconds(150)).build());
    Run run = Run.of(agent, "get", "orders-db", "--field", "username");
    assertThat(run.out()).isEqualTo("orders_a\n");
    assertThat(run.err()).contains("stale", "2m 30s ago");
  }

  @Test
  void severalNamesAreReadAtOneMomentAndAFailureSetsTheCode() {
    Failure denied = Failure.newBuilder().setCode(7).setMessage("denied").build();
    agent.answers(
        "BatchGetSecrets",
        BatchGetSecretsResponse.newBuilder()
            .addResults(SecretResult.newBuilder().setName("orders-db").setCredential(ORDERS))
            .addResults(SecretResult.newBuilder().setName("other").setFailure(denied))
            .build());
    Run run = Run.of(agent, "get", "orders-db", "other");
    assertThat(run.out()).startsWith("orders-db\n  password").contains("  username  orders_a");
    assertThat(run.err()).contains("other: denied");
    assertThat(run.code()).isEqualTo(3);
    assertThat(Run.of(agent, "get", "orders-db", "other", "--json").out())
        .startsWith("{\"secrets\":[{\"name\":\"orders-db\",\"credential\":{")
        .contains("\"failure\":{\"code\":7,\"reason\":\"\",\"message\":\"denied\"}");
    assertThat(Run.of(agent, "get", "a", "b", "--raw").code()).isEqualTo(2);
  }

  @Test
  void listReadsEveryPage() {
    agent.answers(
        "ListSecrets",
        request ->
            List.of(
                ((ListSecretsRequest) request).getPageToken().isEmpty()
                    ? page("app/one", "next")
                    : page("app/two", "")));
    Run run = Run.of(agent, "list", "--prefix", "app/");
    assertThat(run.out().lines().toList())
        .containsExactly(
            "NAME     KIND    BACKEND  VERSION  STALE  FIELDS",
            "app/one  static  local    3        no     password",
            "app/two  static  local    3        no     password");
    assertThat(agent.asked(ListSecretsRequest.class).getPrefix()).isEqualTo("app/");
    assertThat(Run.of(agent, "list", "--json").out())
        .startsWith("{\"secrets\":[{\"name\":\"app/one\"")
        .contains("\"name\":\"app/two\"");
  }

  @Test
  void watchPrintsChangesAndAcknowledgesThem() {
    serveChanges();
    Run run = Run.of(agent, "watch", "orders-db", "--acknowledge");
    assertThat(run.out())
        .isEqualTo(
            "orders-db version 7 (revision 9) skipped 2 password=s3cret\u00fc username=orders_a\n");
    AcknowledgeCredentialsRequest told = agent.asked(AcknowledgeCredentialsRequest.class);
    assertThat(told.getSubscriptionId()).isEqualTo("unguessable");
    assertThat(told.getVersion()).isEqualTo(7);
    assertThat(agent.asked(WatchCredentialsRequest.class).getAcknowledges()).isTrue();
  }

  @Test
  void watchInJsonIsOneObjectALineWithoutTheSubscription() {
    serveChanges();
    Run run = Run.of(agent, "watch", "orders-db", "--json", "--metadata");
    assertThat(run.out().lines().toList())
        .hasSize(3)
        .anySatisfy(line -> assertThat(line).startsWith("{\"event\":\"started\",\"epoch\":\"e1\"}"))
        .anySatisfy(line -> assertThat(line).startsWith("{\"event\":\"changed\",\"credential\":{"))
        .anySatisfy(line -> assertThat(line).isEqualTo("{\"event\":\"caught_up\"}"));
    assertThat(run.out()).doesNotContain("unguessable");
    assertThat(agent.asked(WatchCredentialsRequest.class).getMetadataOnly()).isTrue();
  }

  @Test
  void watchEndsAfterTheChangesAskedFor() {
    WatchCredentialsResponse change = changed();
    agent.answers("WatchCredentials", change, change, change);
    assertThat(Run.of(agent, "watch", "orders-db", "--count", "2").out().lines()).hasSize(2);
  }

  @Test
  void watchEndsWellWhenItsTimeIsOver() {
    serveChanges();
    agent.breaksOff("WatchCredentials", Status.DEADLINE_EXCEEDED);
    Run run = Run.of(agent, "watch", "orders-db", "--timeout", "20s");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).hasSize(1);
  }

  @Test
  void watchSaysHowManyChangesCameInTime() {
    serveChanges();
    agent.breaksOff("WatchCredentials", Status.DEADLINE_EXCEEDED);
    Run run = Run.of(agent, "watch", "orders-db", "--count", "2", "--timeout", "20s");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("1 of 2 changes came in time");
  }

  @Test
  void watchFailsWhereAnAcknowledgementIsNotAnswered() {
    serveChanges();
    agent.refuses("AcknowledgeCredentials", Status.DEADLINE_EXCEEDED);
    Run run = Run.of(agent, "watch", "orders-db", "--acknowledge");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("did not answer in time");
  }

  @Test
  void watchSaysThatTheAgentDidNotAnswer() {
    agent.answers("WatchCredentials").keepsOpen("WatchCredentials");
    Run run = Run.of(agent, "watch", "orders-db", "--timeout", "300ms");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("did not answer in time");
  }

  @Test
  void encryptWritesBase64AndDecryptReadsIt() {
    agent.answers(
        "Encrypt",
        EncryptResponse.newBuilder()
            .addResults(
                EncryptResult.newBuilder()
                    .setCiphertext(bytes(1, 2, 255))
                    .setKeyId(0xffffffff)
                    .setKeyVersion(2))
            .build());
    agent.answers(
        "Decrypt",
        DecryptResponse.newBuilder()
            .addResults(DecryptResult.newBuilder().setPlaintext(bytes(9, 0)))
            .build());
    assertThat(Run.reading("plain\n", agent, "encrypt", "default", "--aad", "row 1").out())
        .isEqualTo("AQL/\n");
    EncryptRequest sent = agent.asked(EncryptRequest.class);
    assertThat(sent.getItems(0).getPlaintext().toStringUtf8()).isEqualTo("plain\n");
    assertThat(sent.getItems(0).getAssociatedData().toStringUtf8()).isEqualTo("row 1");
    assertThat(Run.reading("plain", agent, "encrypt", "default", "--json").out())
        .isEqualTo("{\"ciphertext\":\"AQL/\",\"key_id\":4294967295,\"key_version\":2}\n");
    assertThat(Run.reading("plain", agent, "encrypt", "default", "--raw").bytes()).hasSize(3);
    assertThat(Run.reading("AQL/\n", agent, "decrypt", "default").bytes())
        .containsExactly((byte) 9, (byte) 0);
    assertThat(agent.asked(DecryptRequest.class).getItems(0).getCiphertext())
        .isEqualTo(bytes(1, 2, 255));
  }

  @Test
  void decryptEndsWithTheCodeOfTheItemsFailure() {
    agent.answers(
        "Decrypt",
        DecryptResponse.newBuilder()
            .addResults(
                DecryptResult.newBuilder()
                    .setFailure(Failure.newBuilder().setCode(3).setMessage("not authentic")))
            .build());
    Run run = Run.reading("AQL/", agent, "decrypt", "default");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("latchkey decrypt: not authentic");
    assertThat(run.out()).isEmpty();
  }

  private void serve(Credential credential) {
    agent.answers("GetSecret", GetSecretResponse.newBuilder().setCredential(credential).build());
  }

  private void serveChanges() {
    agent.answers(
        "WatchCredentials",
        WatchCredentialsResponse.newBuilder()
            .setStarted(
                SubscriptionStarted.newBuilder().setSubscriptionId("unguessable").setEpoch("e1"))
            .build(),
        changed(),
        WatchCredentialsResponse.newBuilder().setCaughtUp(CaughtUp.getDefaultInstance()).build());
  }

  private static WatchCredentialsResponse changed() {
    return WatchCredentialsResponse.newBuilder()
        .setChanged(CredentialChanged.newBuilder().setCredential(ORDERS).setSkipped(2))
        .build();
  }

  private static ListSecretsResponse page(String name, String next) {
    return ListSecretsResponse.newBuilder()
        .addSecrets(
            SecretSummary.newBuilder()
                .setName(name)
                .setKind("static")
                .setBackend("local")
                .setState(StateId.newBuilder().setVersion(3))
                .addFieldNames("password"))
        .setNextPageToken(next)
        .build();
  }

  private static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }
}
