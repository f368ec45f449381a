package dev.latchkey.agent.attest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.caller.Peer;
import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttestorTest {

  @TempDir private Path proc;

  @Test
  void takesUserAndGroupFromTheKernel() {
    Caller caller = new ApplicationAttestor(999, false, false).attest(new Peer(1000, 50, 4711));
    assertThat(caller.identity()).isEqualTo("uid 1000 gid 50");
    assertThat(caller.pid()).isEqualTo(4711);
    assertThat(caller.executable()).isEmpty();
  }

  @Test
  void refusesTheAgentsOwnUserOutsideDevelopment() {
    Peer own = new Peer(999, 999, 1);
    assertThatThrownBy(() -> new ApplicationAttestor(999, false, false).attest(own))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("--dev");
    assertThat(new ApplicationAttestor(999, true, false).attest(own).uid()).isEqualTo(999);
  }

  @Test
  void readsTheExecutableOnlyWhenRulesNeedItAndItCanBeRead() throws IOException {
    Files.createSymbolicLink(
        Files.createDirectory(proc.resolve("42")).resolve("exe"), Path.of("/usr/bin/app"));
    assertThat(
            new ApplicationAttestor(999, false, true, proc).attest(new Peer(1, 1, 42)).executable())
        .contains(Path.of("/usr/bin/app"));
    assertThat(
            new ApplicationAttestor(999, false, false, proc)
                .attest(new Peer(1, 1, 42))
                .executable())
        .isEmpty();
    assertThat(
            new ApplicationAttestor(999, false, true, proc).attest(new Peer(1, 1, 43)).executable())
        .isEmpty();
    assertThat(
            new ApplicationAttestor(999, false, true, proc).attest(new Peer(1, 1, 0)).executable())
        .isEmpty();
  }

  @Test
  void letsOnlyTheOwnUserAndRootOperate() {
    OperatorAttestor attestor = new OperatorAttestor(999);
    assertThat(attestor.attest(new Peer(999, 5, 1)).uid()).isEqualTo(999);
    assertThat(attestor.attest(new Peer(0, 0, 1)).uid()).isZero();
    assertThatThrownBy(() -> attestor.attest(new Peer(1000, 999, 1)))
        .isInstanceOf(SecretException.class);
  }
}
