package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.DecryptResponse;
import dev.latchkey.v1.DecryptResult;
import dev.latchkey.v1.EncryptResponse;
import dev.latchkey.v1.EncryptResult;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import dev.latchkey.v1.RotationProgress;
import dev.latchkey.v1.RotationStatus;
import dev.latchkey.v1.WatchCredentialsResponse;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is defined in the contract can be called by some verb. */
class EveryCallIsReachableTest {
  private static final List<String> LINES =
      List.of(
          "get a",
          "get a b",
          "list",
          "watch a --acknowledge",
          "encrypt k",
          "decrypt k",
          "put a password=-",
          "delete a",
          "undelete a --versions 3",
          "destroy a --versions 3 --yes",
          "explain a",
          "history a",
          "rotate a --plan",
          "rotate a",
          "rotate a --recover",
          "rollback a",
          "adopt a --username u",
          "target check a",
          "lease list",
          "lease revoke i",
          "keyring rotate k",
          "audit tail",
          "audit verify",
          "state backup f",
          "status",
          "quit");

  @TempDir Path directory;

  @Test
  void everyCallOfBothServicesIsMadeBySomeVerb() throws IOException {
    try (FakeAgent agent = new FakeAgent(directory.resolve("a.sock"))) {
      agent.answers(
          "WatchCredentials",
          WatchCredentialsResponse.newBuilder()
              .setChanged(CredentialChanged.newBuilder().setCredential(Credential.newBuilder()))
              .build());
      RotationProgress done =
          RotationProgress.newBuilder()
              .setStatus(RotationStatus.newBuilder().setStep("published"))
              .build();
      List.of("RotateSecret", "RollbackSecret", "RecoverCredential")
          .forEach(call -> agent.answers(call, done));
      agent.answers(
          "Encrypt",
          EncryptResponse.newBuilder().addResults(EncryptResult.getDefaultInstance()).build());
      agent.answers(
          "Decrypt",
          DecryptResponse.newBuilder()
              .addResults(DecryptResult.newBuilder().setPlaintext(ByteString.EMPTY))
              .build());
      for (String line : LINES) {
        Run run = Run.reading("eHg=", agent, line.split(" ", -1));
        assertThat(run.err()).as(line).isEmpty();
      }
      assertThat(agent.called()).containsAll(calls());
    }
  }

  private static List<String> calls() {
    return Stream.of(
            LatchkeyGrpc.getServiceDescriptor(), LatchkeyOperatorGrpc.getServiceDescriptor())
        .flatMap(service -> service.getMethods().stream())
        .map(MethodDescriptor::getBareMethodName)
        .toList();
  }
}
