package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultBinary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's run command, by {@code bin/latchkey} itself. */
class DemoTest {

  private static final int SUCCESSIONS = Boolean.getBoolean("latchkey.soak") ? 20 : 6;

  @TempDir Path directory;

  @Test
  void rotatesTwentyTimesAndNoQueryFails() throws Exception {
    Run run = local("--json");
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.err()).containsIgnoringCase("wrong password");
    JsonNode summary = Stage.json(run.out());
    assertThat(summary.path("rotations").asInt()).isGreaterThanOrEqualTo(20);
    assertThat(summary.path("queries").asLong()).isGreaterThanOrEqualTo(20_000);
    assertThat(summary.path("failed").asLong()).isZero();
    assertThat(summary.path("logins").asLong()).isGreaterThanOrEqualTo(20 * 8);
    assertThat(summary.path("publish_to_use_ms").path("p99").isNumber()).isTrue();
  }

  @Test
  void failsWithoutTheSwap() throws Exception {
    Run run = local("--without-swap", "--rotations", "2", "--json");
    assertThat(run.exit()).as(run.err()).isEqualTo(1);
    JsonNode summary = Stage.json(run.out());
    assertThat(summary.path("mode").asText()).isEqualTo("control");
    assertThat(summary.path("rotations").asInt()).isEqualTo(2);
    assertThat(summary.path("failed").asLong()).isPositive();
    assertThat(summary.path("problems")).as("why it failed, if not as it must").isEmpty();
    List<String> sqlstates = new ArrayList<>();
    summary.path("failed_by_sqlstate").fieldNames().forEachRemaining(sqlstates::add);
    assertThat(sqlstates).containsAnyOf("57P01", "28000", "28P01");
  }

  @Test
  void leasesFromVaultTimeAndAgainAndNoQueryFails() throws Exception {
    String wanted = Integer.toString(SUCCESSIONS);
    Run run = demo(aVault(), "--backend", "vault", "--rotations", wanted, "--json");
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.err()).containsIgnoringCase("wrong password").contains("kv/mail/api");
    JsonNode summary = Stage.json(run.out());
    int successions = summary.path("rotations").asInt();
    assertThat(successions).isGreaterThanOrEqualTo(SUCCESSIONS);
    assertThat(summary.path("queries").asLong()).isGreaterThanOrEqualTo(SUCCESSIONS * 1000L);
    assertThat(summary.path("failed").asLong()).isZero();
    assertThat(summary.path("logins").asLong()).isGreaterThanOrEqualTo(SUCCESSIONS * 8L);
    assertThat(summary.path("old_password_refused").asInt()).isEqualTo(successions);
    assertThat(summary.path("sessions_of_retired").asInt()).isZero();
    assertThat(summary.path("ledger_balanced").asBoolean()).isTrue();
    assertThat(summary.path("publish_to_use_ms").path("p50").isNumber()).isTrue();
    assertThat(summary.path("publish_to_use_ms").path("p99").isNumber()).isTrue();
  }

  @Test
  void failsOnVaultWithoutTheSwap() throws Exception {
    Run run = demo(aVault(), "--backend", "vault", "--without-swap", "--json");
    assertThat(run.exit()).as(run.err()).isEqualTo(1);
    JsonNode summary = Stage.json(run.out());
    assertThat(summary.path("mode").asText()).isEqualTo("control");
    assertThat(summary.path("failed").asLong()).isPositive();
    assertThat(summary.path("problems")).as("why it failed, if not as it must").isEmpty();
    assertThat(summary.path("failed_by_sqlstate").has("57P01")).isTrue();
  }

  @Test
  void saysWhatToDoWhereThereIsNoVault() throws Exception {
    Run run = demo("/nowhere/vault", "--backend", "vault", "--json");
    assertThat(run.exit()).as(run.err()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("/nowhere/vault cannot be executed")
        .contains("'vault' or 'bao'", VaultBinary.VARIABLE, "bin/vault-server-build");
  }

  /** The server that the tests use, so that the demo needs to find none. */
  private static String aVault() {
    return RealVault.binary().path().toString();
  }

  private Run local(String... arguments) throws Exception {
    return demo("", arguments);
  }

  private Run demo(String vault, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Installation.root().resolve("bin/latchkey").toString());
    command.add("demo");
    command.addAll(List.of(arguments));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put(VaultBinary.VARIABLE, vault);
    Process process = builder.start();
    if (!process.waitFor(8, TimeUnit.MINUTES)) {
      process.destroy();
      throw new AssertionError("the demo did not end by itself");
    }
    return new Run(
        process.exitValue(),
        java.nio.file.Files.readString(out),
        java.nio.file.Files.readString(err));
  }

  private record Run(int exit, String out, String err) {}
}
