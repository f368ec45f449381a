package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins that a real Vault leases live shorter than the application, and no query fails. */
class LeasedCredentialsTest {

  private static final boolean SOAK = Boolean.getBoolean("latchkey.soak");
  private static final Duration RUN = SOAK ? Duration.ofMinutes(15) : Duration.ofMinutes(3);
  private static final int WORKERS = 8;

  @TempDir Path directory;
  private VaultStage stage;

  @BeforeEach
  void setTheStage() throws Exception {
    stage = VaultStage.set(directory, VaultStage.Terms.of("20s", "60s", "6s"));
  }

  @AfterEach
  void clearTheStage() throws Exception {
    stage.close();
  }

  @Test
  void noQueryFailsWhileLeasesAreRenewedReplacedAndRevoked() throws Exception {
    try (Application application =
        new Application(stage.agent(), WORKERS, Optional.of(stage.database().url()))) {
      assertThat(new CountDownLatch(1).await(RUN.toSeconds(), TimeUnit.SECONDS)).isFalse();
      assertThat(application.failures()).isEmpty();
      assertThat(application.queries()).isGreaterThan(RUN.toSeconds() * WORKERS);
      JsonNode history =
          Stage.json(stage.agent().cli().run("history", "orders-db", "--json").ok().out());
      assertThat(history.path("versions").size())
          .as("a login lives at most a minute")
          .isGreaterThanOrEqualTo((int) RUN.toMinutes());
      await("nobody but the current login, and no lease that the ledger does not know")
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(this::onlyTheCurrentLoginIsLeft);
      assertThat(application.failures()).isEmpty();
    }
  }

  private void onlyTheCurrentLoginIsLeft() throws Exception {
    assertThat(stage.database().roles(IssuingVault.ISSUED)).containsExactly(login());
    JsonNode leases =
        Stage.json(stage.agent().cli().run("lease", "list", "--json").ok().out()).path("leases");
    assertThat(leases).hasSize(1);
    assertThat(leases.path(0).path("stage").asText()).isEqualTo("held");
    assertThat(stage.vault().leases()).isEqualTo(stage.ledger().leases()).hasSize(1);
  }

  /** With a lease that outlives a slow restart. */
  @Test
  void aRestartAsksForNoLoginAndNoLease() throws Exception {
    stage.close();
    stage =
        VaultStage.set(
            Files.createDirectory(directory.resolve("long")),
            VaultStage.Terms.of("10m", "20m", "6s"));
    String before = login();
    stage.agent().kill();
    stage.agent().restart();
    assertThat(login()).isEqualTo(before);
    assertThat(stage.database().roles(IssuingVault.ISSUED)).containsExactly(before);
  }

  @Test
  void writesAndReadsTheKeyValueEngine() {
    Cli cli = stage.agent().cli();
    cli.feed("hello", "put", "greeting", "word=-").ok();
    assertThat(cli.run("get", "greeting", "--field", "word").ok().out().strip()).isEqualTo("hello");
  }

  @Test
  void anOperatorListsAndRevokesALease() throws Exception {
    String before = login();
    JsonNode leases =
        Stage.json(stage.agent().cli().run("lease", "list", "--json").ok().out()).path("leases");
    assertThat(leases).hasSize(1);
    assertThat(leases.path(0).path("stage").asText()).isEqualTo("held");
    stage.agent().cli().run("lease", "revoke", leases.path(0).path("id").asText()).ok();
    assertThat(login()).isNotEqualTo(before);
    assertThat(stage.database().roles(IssuingVault.ISSUED)).containsExactly(login());
  }

  private String login() {
    Cli.Result result = stage.agent().cli().run("get", "orders-db", "--json").ok();
    return Stage.json(result.out()).path("fields").path("username").asText();
  }
}
