package dev.latchkey.agent.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.target.postgresql.RealPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rotation on a real PostgreSQL of a login that a real Vault keeps. */
final class RealVaultRotationTest {

  private static final SecretContent FOREIGN = RotationWorld.content("mallory", "somebody else's");

  private static RealPostgres postgres;

  private VaultRig rig;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException, SQLException {
    postgres = new RealPostgres(directory);
    postgres.asSuperuser(
        "postgres",
        "CREATE DATABASE orders",
        "CREATE ROLE latchkey_admin LOGIN CREATEROLE PASSWORD '" + VaultRig.ADMIN_PASSWORD + "'");
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void set() {
    rig = new VaultRig(postgres, 2);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private void hereThereAndInTheDatabaseItIsTheSame(long version) {
    assertThat(rig.now().id().version()).isEqualTo(version);
    assertThat(rig.atVault()).isEqualTo(rig.now().content());
    assertThat(rig.newestAtVault()).isEqualTo(rig.now().backendVersion());
    assertThat(rig.opens(rig.now().content())).isTrue();
  }

  @Test
  void eachRotationIsANewVersionInVaultAndTheOneBeforeIsShutAfterTheOverlap() {
    rig.rotate().join();
    hereThereAndInTheDatabaseItIsTheSame(1);
    SecretContent first = rig.now().content();
    rig.rotate().join();
    hereThereAndInTheDatabaseItIsTheSame(2);
    assertThat(rig.opens(first)).isTrue();

    rig.pass(VaultRig.OVERLAP);

    assertThat(rig.opens(first)).isFalse();
    assertThat(rig.current().peek(rig.name).orElseThrow().stale()).isFalse();
    assertThat(rig.newestAtVault()).isEqualTo("2");
  }

  @Test
  void aCrashAtAnyMomentOfTheWriteIsTakenUpWithoutASecondVersion() {
    rig.rotate().join();
    rig.pass(VaultRig.OVERLAP);
    long version = 1;
    for (String moment :
        List.of(
            "STORED BEFORE_WRITE",
            "STORED AFTER_WRITE",
            "STORED AFTER_ACT",
            "PUBLISHED BEFORE_WRITE",
            "PUBLISHED AFTER_WRITE")) {
      SecretContent before = rig.now().content();
      assertThat(rig.rotateAndDieAt(moment)).as(moment).isTrue();
      assertThat(rig.opens(before)).isTrue();
      rig.restart();
      rig.pass(Duration.ofSeconds(30));
      version++;
      hereThereAndInTheDatabaseItIsTheSame(version);
      assertThat(rig.newestAtVault()).as(moment).isEqualTo(Long.toString(version));
      rig.pass(VaultRig.OVERLAP);
      assertThat(rig.opens(before)).as(moment + ", " + rig.state()).isFalse();
    }
  }

  @Test
  void whatSomebodyElseWroteIsNeitherOverwrittenNorMadeCurrent() {
    rig.rotate().join();
    SecretContent first = rig.now().content();
    rig.atMoment("STORED BEFORE_WRITE", () -> rig.foreignWrite(FOREIGN));
    CompletableFuture<RotationState> second = rig.rotate();

    assertThatThrownBy(second::join)
        .hasCauseInstanceOf(SecretException.class)
        .hasMessageContaining("is not this agent's, and was left as it is");
    rig.pass(VaultRig.REFRESH.plusSeconds(10));
    assertThat(rig.atVault()).isEqualTo(FOREIGN);
    assertThat(rig.now().content()).isEqualTo(first);
    assertThat(rig.current().peek(rig.name).orElseThrow().stale()).isTrue();
    assertThat(rig.current().reason(rig.name)).contains("not proved", "--recover");
    assertThat(rig.opens(first)).isTrue();

    rig.recover().join();
    hereThereAndInTheDatabaseItIsTheSame(2);
    assertThat(rig.newestAtVault()).isEqualTo("3");
  }

  @Test
  void aRollbackIsANewVersionInVaultWithTheEarlierContent() {
    rig.rotate().join();
    SecretContent first = rig.now().content();
    rig.rotate().join();
    rig.rollback().join();
    hereThereAndInTheDatabaseItIsTheSame(3);
    assertThat(rig.atVault()).isEqualTo(first);
  }

  @Test
  void aVaultThatIsSealedInTheMiddleIsWaitedForAlsoOverARestart() {
    rig.rotate().join();
    SecretContent first = rig.now().content();
    rig.atMoment("STORED BEFORE_WRITE", rig.server::seal);
    try {
      assertThat(rig.rotate().join().waiting()).startsWith("waiting: ").contains("sealed");
      rig.restart();
      rig.pass(VaultRig.REFRESH.multipliedBy(2));
      assertThat(rig.state().step()).isEqualTo(RotationStep.STORED);
      assertThat(rig.current().read(rig.name).state().content()).isEqualTo(first);
      assertThat(rig.opens(first)).isTrue();
    } finally {
      rig.server.unseal();
    }
    rig.pass(Duration.ofMinutes(6));
    hereThereAndInTheDatabaseItIsTheSame(2);
    assertThat(rig.newestAtVault()).isEqualTo("2");
  }

  @Test
  void aPathWithoutVersionsIsRefusedByName() throws Exception {
    try (VaultRig unversioned = new VaultRig(postgres, 1)) {
      RotationState blocked = unversioned.rotate().join();
      assertThat(blocked.waiting())
          .startsWith("blocked: ")
          .contains("must keep versions", "keeps no versions");
    }
    try (VaultRig other = new VaultRig(postgres, Optional.empty(), "sys/health")) {
      assertThat(other.rotate().join().waiting())
          .startsWith("blocked: ")
          .contains("must keep versions");
    }
  }
}
