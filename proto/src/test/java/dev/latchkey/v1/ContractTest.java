package dev.latchkey.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The contract as it is compiled now. */
final class ContractTest {
  /** Fields of bytes that can hold no secret, each with the reason. */
  private static final Map<String, String> HOLDS_NO_SECRET = Map.of();

  @Test
  void breaksNothingThatWasReleased() throws IOException {
    assertThat(
            BreakingChanges.between(read("latchkey-v1-released.binpb"), read("latchkey-v1.binpb")))
        .as("bin/release-descriptors replaces the released contract, at a release only")
        .isEmpty();
  }

  @Test
  void redactsEveryFieldThatCarriesBytes() throws IOException {
    ContractElements contract = current();
    assertThat(contract.bytes(false))
        .as("bytes without debug_redact")
        .isSubsetOf(HOLDS_NO_SECRET.keySet());
    assertThat(contract.bytes(true))
        .contains(
            "latchkey.v1.Credential.fields",
            "latchkey.v1.EncryptItem.plaintext",
            "latchkey.v1.PutSecretRequest.fields");
  }

  @Test
  void commentsEveryElement() throws IOException {
    assertThat(current().uncommented()).isEmpty();
  }

  @Test
  void servesTheApplicationAndTheOperator() throws IOException {
    assertThat(current().services()).containsKeys("latchkey.v1.Latchkey");
    assertThat(current().services()).hasSize(2);
  }

  private static ContractElements current() throws IOException {
    return ContractElements.of(read("latchkey-v1.binpb"));
  }

  private static FileDescriptorSet read(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            ContractTest.class.getResourceAsStream("/" + name), () -> name + " is missing")) {
      return FileDescriptorSet.parseFrom(in);
    }
  }
}
