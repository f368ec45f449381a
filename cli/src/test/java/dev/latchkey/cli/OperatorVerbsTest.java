package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.latchkey.v1.AdoptCredentialRequest;
import dev.latchkey.v1.AdoptCredentialResponse;
import dev.latchkey.v1.AuditEntry;
import dev.latchkey.v1.BackupStateRequest;
import dev.latchkey.v1.BackupStateResponse;
import dev.latchkey.v1.CheckTargetRequest;
import dev.latchkey.v1.CheckTargetResponse;
import dev.latchkey.v1.ComponentStatus;
import dev.latchkey.v1.DeleteSecretRequest;
import dev.latchkey.v1.DeleteSecretResponse;
import dev.latchkey.v1.DestroySecretRequest;
import dev.latchkey.v1.DestroySecretResponse;
import dev.latchkey.v1.ExplainSecretResponse;
import dev.latchkey.v1.GetHistoryResponse;
import dev.latchkey.v1.GetStatusResponse;
import dev.latchkey.v1.LeaseEntry;
import dev.latchkey.v1.ListLeasesResponse;
import dev.latchkey.v1.PlanRotationResponse;
import dev.latchkey.v1.PlannedStep;
import dev.latchkey.v1.PolicyRule;
import dev.latchkey.v1.PutSecretRequest;
import dev.latchkey.v1.PutSecretResponse;
import dev.latchkey.v1.RecoverCredentialRequest;
import dev.latchkey.v1.RevokeLeaseRequest;
import dev.latchkey.v1.RollbackSecretRequest;
import dev.latchkey.v1.RotateKeyringResponse;
import dev.latchkey.v1.RotateSecretRequest;
import dev.latchkey.v1.RotationProgress;
import dev.latchkey.v1.RotationStatus;
import dev.latchkey.v1.StateId;
import dev.latchkey.v1.TailAuditRequest;
import dev.latchkey.v1.TargetCheck;
import dev.latchkey.v1.UndeleteSecretResponse;
import dev.latchkey.v1.VerifyAuditResponse;
import dev.latchkey.v1.VersionEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of the operator socket, against a fake agent on a real socket. */
class OperatorVerbsTest {
  private static final Timestamp NOON = Timestamp.newBuilder().setSeconds(1_790_000_000).build();

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
  void putReadsValuesFromStandardInputAndFiles() throws IOException {
    Files.writeString(directory.resolve("tls.key"), "KEY\n");
    agent.answers(
        "PutSecret",
        PutSecretResponse.newBuilder()
            .setChanged(true)
            .setState(StateId.newBuilder().setVersion(4))
            .build());
    Run run =
        Run.reading(
            "s3cret\n",
            agent,
            "put",
            "web",
            "password=-",
            "key=@tls.key",
            "--expect",
            "0",
            "--request-id",
            "r1");
    PutSecretRequest sent = agent.asked(PutSecretRequest.class);
    assertThat(sent.getFieldsOrThrow("password").toStringUtf8()).isEqualTo("s3cret");
    assertThat(sent.getFieldsOrThrow("key").toStringUtf8()).isEqualTo("KEY");
    assertThat(sent.hasExpectedVersion()).isTrue();
    assertThat(sent.getExpectedVersion()).isZero();
    assertThat(sent.getRequestId()).isEqualTo("r1");
    assertThat(run.out()).isEqualTo("web is now version 4\n");
  }

  @Test
  void putKeepsTheLineBreakWhenExactIsAskedFor() {
    Run.reading("s3cret\n", agent, "put", "web", "password=-", "--exact");
    assertThat(agent.asked(PutSecretRequest.class).getFieldsOrThrow("password").toStringUtf8())
        .isEqualTo("s3cret\n");
    assertThat(agent.asked(PutSecretRequest.class).hasExpectedVersion()).isFalse();
  }

  @Test
  void putReadsSeveralFieldsFromLines() {
    Run.reading("# a remark\nuser=a\n\npassword=b=c \n", agent, "put", "web", "--from-file", "-");
    assertThat(agent.asked(PutSecretRequest.class).getFieldsOrThrow("password").toStringUtf8())
        .isEqualTo("b=c ");
    assertThat(agent.asked(PutSecretRequest.class).getFieldsMap()).hasSize(2);
  }

  @Test
  void putRefusesAValueOnTheCommandLineWithoutRepeatingIt() {
    Run run = Run.of(agent, "put", "web", "password=hunter2");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("password", "field=-").doesNotContain("hunter2");
    assertThat(agent.called()).isEmpty();
    assertThat(Run.of(agent, "put", "web", "password=hunter2", "--insecure-argument").code())
        .isZero();
    assertThat(Run.of(agent, "put", "web", "hunter2").err()).doesNotContain("hunter2");
  }

  @Test
  void rotateShowsEachStepAndEndsByTheLast() {
    agent.answers("RotateSecret", step("set"), step("retired"));
    Run run = Run.of(agent, "rotate", "orders-db", "--request-id", "r9");
    assertThat(run.out().lines().toList())
        .containsExactly("orders-db set login orders_b", "orders-db retired login orders_b");
    assertThat(run.code()).isZero();
    assertThat(agent.asked(RotateSecretRequest.class).getRequestId()).isEqualTo("r9");
    agent.answers("RotateSecret", step("failed"));
    assertThat(Run.of(agent, "rotate", "orders-db").code()).isEqualTo(1);
    agent.answers("RotateSecret", step("blocked"));
    assertThat(Run.of(agent, "rotate", "orders-db", "--json").code()).isEqualTo(7);
    assertThat(Run.of(agent, "rotate", "orders-db", "--json").out())
        .startsWith("{\"rotation_id\":\"\",\"name\":\"orders-db\",\"step\":\"blocked\"");
  }

  @Test
  void rotateFailsWhileNothingIsPublished() {
    agent.answers(
        "RotateSecret",
        RotationProgress.newBuilder()
            .setStatus(
                RotationStatus.newBuilder()
                    .setName("orders-db")
                    .setStep("planned")
                    .setWaiting("waiting: the target does not answer"))
            .build());
    Run run = Run.of(agent, "rotate", "orders-db");
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.err())
        .contains(
            "no new version is published yet: orders-db is at 'planned', waiting: the target does"
                + " not answer",
            "latchkey status");
  }

  @Test
  void aRotationThatNothingIsSaidOfHasWordsOfItsOwn() {
    agent.answers("RotateSecret");
    Run run = Run.of(agent, "rotate", "orders-db");
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.err()).contains("said nothing of the rotation").doesNotContain("''");
    assertThat(Run.of(agent, "rotate", "--help").out())
        .contains("no new version is published yet")
        .contains("With --plan");
  }

  @Test
  void rotatePlansWithoutRotating() {
    PlanRotationResponse plan =
        PlanRotationResponse.newBuilder()
            .addSteps(
                PlannedStep.newBuilder()
                    .setStep("set")
                    .setDescription("sets a verifier")
                    .addStatements("ALTER ROLE orders_b PASSWORD '<verifier>'"))
            .build();
    agent.answers("PlanRotation", plan);
    Run run = Run.of(agent, "rotate", "orders-db", "--plan");
    assertThat(run.out()).contains("sets a verifier", "ALTER ROLE orders_b");
    assertThat(run.code()).isZero();
    agent.answers("PlanRotation", plan.toBuilder().setBlocked("admin refused").build());
    assertThat(Run.of(agent, "rotate", "orders-db", "--plan", "--json").code()).isEqualTo(7);
    assertThat(agent.called()).containsOnly("PlanRotation");
    assertThat(Run.of(agent, "rotate", "x", "--plan", "--recover").code()).isEqualTo(2);
  }

  @Test
  void recoverAndRollbackFollowTheirOwnCalls() {
    agent.answers("RecoverCredential", step("published"));
    agent.answers("RollbackSecret", step("rolled back"));
    assertThat(Run.of(agent, "rotate", "orders-db", "--recover").code()).isZero();
    assertThat(agent.asked(RecoverCredentialRequest.class).getName()).isEqualTo("orders-db");
    assertThat(Run.of(agent, "rollback", "orders-db", "--to", "5").code()).isZero();
    assertThat(agent.asked(RollbackSecretRequest.class).getVersion()).isEqualTo(5);
  }

  @Test
  void adoptReadsThePasswordFromStandardInput() {
    agent.answers(
        "AdoptCredential",
        AdoptCredentialResponse.newBuilder()
            .addSteps(PlannedStep.newBuilder().setStep("verified").setDescription("logs in"))
            .addAdministratorSql("GRANT orders_owner TO orders_a;")
            .build());
    Run run =
        Run.reading("old-pass\n", agent, "adopt", "orders-db", "--username", "orders_a", "--plan");
    AdoptCredentialRequest sent = agent.asked(AdoptCredentialRequest.class);
    assertThat(sent.getPassword().toStringUtf8()).isEqualTo("old-pass");
    assertThat(sent.getPlanOnly()).isTrue();
    assertThat(run.out()).contains("logs in", "GRANT orders_owner TO orders_a;");
    assertThat(run.out() + run.err()).doesNotContain("old-pass");
  }

  @Test
  void targetCheckEndsWithOneWhenARightIsMissing() {
    agent.answers(
        "CheckTarget",
        CheckTargetResponse.newBuilder()
            .addChecks(TargetCheck.newBuilder().setCheck("login").setPassed(true))
            .addChecks(TargetCheck.newBuilder().setCheck("CREATEROLE").setDetail("grant it"))
            .build());
    Run run = Run.of(agent, "target", "check", "orders");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).contains("login       ok", "CREATEROLE  MISSING  grant it");
    agent.answers(
        "CheckTarget", CheckTargetResponse.newBuilder().addAdministratorSql("GRANT x;").build());
    assertThat(Run.of(agent, "target", "check", "orders", "--sql").out()).isEqualTo("GRANT x;\n");
    assertThat(agent.asked(CheckTargetRequest.class).getSql()).isTrue();
  }

  @Test
  void explainHistoryAndStatusTellWhatTheAgentSays() {
    agent.answers(
        "ExplainSecret",
        ExplainSecretResponse.newBuilder()
            .setOrigin("declared")
            .setCondition("stale")
            .setReason("backend away")
            .addRules(
                PolicyRule.newBuilder()
                    .setCallers("uid 1000")
                    .setSecrets("orders-*")
                    .addOperations("read"))
            .build());
    assertThat(Run.of(agent, "explain", "orders-db").out())
        .contains("origin     declared", "stale: backend away", "uid 1000  orders-*  read");
    agent.answers(
        "GetHistory",
        GetHistoryResponse.newBuilder()
            .addVersions(
                VersionEntry.newBuilder()
                    .setState(StateId.newBuilder().setVersion(3))
                    .setCause("rollback")
                    .setPublishedAt(NOON)
                    .setRolledBackFrom(1))
            .build());
    assertThat(Run.of(agent, "history", "orders-db", "-n", "5").out())
        .contains("3        2026-09-21T14:13:20Z  rollback", "version 1");
    agent.answers(
        "GetStatus",
        GetStatusResponse.newBuilder()
            .setHealth("degraded")
            .addComponents(
                ComponentStatus.newBuilder()
                    .setName("backend local")
                    .setHealth("degraded")
                    .setReason("slow\u001b[31m"))
            .build());
    Run status = Run.of(agent, "status");
    assertThat(status.out()).contains("health    degraded", "slow\\u001b[31m");
    assertThat(status.code()).isZero();
    assertThat(Run.of(agent, "status", "--ready").code()).isEqualTo(5);
    assertThat(Run.of(agent, "status", "--json").out()).startsWith("{\"health\":\"degraded\"");
  }

  @Test
  void leaseListShowsTheLedgerAndLeaseRevokeNamesALease() {
    assertThat(Run.of(agent, "lease", "list").out()).isEqualTo("no leases\n");
    agent.answers(
        "ListLeases",
        ListLeasesResponse.newBuilder()
            .addLeases(
                LeaseEntry.newBuilder()
                    .setId("a1")
                    .setSecret("orders-db")
                    .setStage("revoking")
                    .setVersion(3)
                    .setTrouble("cannot be reached"))
            .build());
    assertThat(Run.of(agent, "lease", "list").out())
        .contains("a1", "orders-db", "revoking", "cannot be reached");
    assertThat(Run.of(agent, "lease", "revoke", "a1").out()).isEqualTo("revoked\n");
    assertThat(agent.asked(RevokeLeaseRequest.class).getId()).isEqualTo("a1");
  }

  @Test
  void deleteUndeleteAndDestroyNameTheVersionsAndDestroyAsksForYes() {
    agent.answers("DeleteSecret", DeleteSecretResponse.newBuilder().addVersions("7").build());
    assertThat(Run.of(agent, "delete", "orders-db", "--request-id", "r1").out())
        .isEqualTo("orders-db version 7 is deleted\n");
    assertThat(agent.asked(DeleteSecretRequest.class).getVersionsList()).isEmpty();
    assertThat(agent.asked(DeleteSecretRequest.class).getRequestId()).isEqualTo("r1");
    assertThat(Run.of(agent, "delete", "orders-db", "--json").out())
        .isEqualTo("{\"versions\":[\"7\"]}\n");

    agent.answers("UndeleteSecret", UndeleteSecretResponse.newBuilder().addVersions("3").build());
    assertThat(Run.of(agent, "undelete", "orders-db", "--versions", "3").out())
        .isEqualTo("orders-db version 3 can be read again\n");
    assertThat(Run.of(agent, "undelete", "orders-db").code()).isEqualTo(2);

    Run unsure = Run.of(agent, "destroy", "orders-db", "--versions", "3,4");
    assertThat(unsure.code()).isEqualTo(2);
    assertThat(unsure.err()).contains("cannot be undone", "--yes");
    agent.answers(
        "DestroySecret",
        DestroySecretResponse.newBuilder().addVersions("3").addVersions("4").build());
    assertThat(Run.of(agent, "destroy", "orders-db", "--versions", "3,4", "--yes").out())
        .isEqualTo("orders-db version 3, 4 is gone for good\n");
    assertThat(agent.asked(DestroySecretRequest.class).getVersionsList()).containsExactly("3", "4");
  }

  @Test
  void auditTailAndVerifyTellWhatTheAgentSays() {
    agent.answers(
        "TailAudit",
        AuditEntry.newBuilder()
            .setSequence(12)
            .setAt(NOON)
            .setActor("uid 7")
            .setOperation("get")
            .setSecret("orders-db")
            .setOutcome("denied")
            .setCount(3)
            .build());
    Run tail = Run.of(agent, "audit", "tail", "--follow", "-n", "4", "--from", "12");
    assertThat(tail.out()).isEqualTo("12 2026-09-21T14:13:20Z denied get orders-db by uid 7 ×3\n");
    assertThat(agent.asked(TailAuditRequest.class).getFollow()).isTrue();
    assertThat(agent.asked(TailAuditRequest.class).getLimit()).isEqualTo(4);
    agent.answers(
        "VerifyAudit",
        VerifyAuditResponse.newBuilder().setBrokenSequence(5).setProblem("edited").build());
    Run verify = Run.of(agent, "audit", "verify");
    assertThat(verify.out()).contains("record 5 was edited");
    assertThat(verify.code()).isEqualTo(1);
    agent.answers("VerifyAudit", VerifyAuditResponse.newBuilder().setIntact(true).build());
    assertThat(Run.of(agent, "audit", "verify", "--json").code()).isZero();
  }

  @Test
  void backupNamesAnAbsolutePathAndKeyringRotateTheNewVersion() {
    agent.answers("BackupState", BackupStateResponse.newBuilder().setPath("/b").setSize(9).build());
    assertThat(Run.of(agent, "state", "backup", "b.lk").out()).isEqualTo("wrote /b, 9 bytes\n");
    assertThat(agent.asked(BackupStateRequest.class).getPath())
        .isEqualTo(directory.resolve("b.lk").toString());
    agent.answers("RotateKeyring", RotateKeyringResponse.newBuilder().setKeyVersion(2).build());
    assertThat(Run.of(agent, "keyring", "rotate", "default").out())
        .isEqualTo("default now encrypts under key version 2\n");
  }

  private static RotationProgress step(String step) {
    return RotationProgress.newBuilder()
        .setStatus(
            RotationStatus.newBuilder().setName("orders-db").setStep(step).setLogin("orders_b"))
        .build();
  }
}
