package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server that is sealed, stopped and started again. */
class VaultLifecycleTest {

  @TempDir private Path storage;

  private static VaultHttp http(URI... addresses) {
    return new VaultHttp(
        "vault",
        new VaultServers(
            List.of(addresses),
            "",
            VaultTls.SYSTEM,
            VaultServers.CONNECT_TIMEOUT,
            VaultServers.REQUEST_TIMEOUT,
            VaultServers.MAX_ANSWER),
        TimeSource.system());
  }

  @Test
  void aServerThatIsSealedStoppedAndStartedAgainServesWhatItHad() {
    try (VaultServer server = RealVault.start(storage);
        VaultAdmin admin = new VaultAdmin(server);
        VaultHttp http = http(server.address())) {
      String path = admin.mountKeyValue(2) + "a";
      VaultBackend backend =
          new VaultBackend(
              http,
              new FixedTokens(admin.root()),
              new VaultOptions("", Map.of()),
              TimeSource.system());
      backend.put(path, FakeBackend.text("one"), Optional.empty());
      assertThat(backend.health().level()).isEqualTo(ComponentHealth.Level.HEALTHY);

      server.seal();
      assertUnavailable(backend, path, "is sealed");
      assertThat(http.probe()).containsEntry(server.address(), NodeState.SEALED);
      server.unseal();
      assertServes(backend, path);

      server.stop();
      assertUnavailable(backend, path, "cannot be reached");
      assertThat(http.probe()).containsEntry(server.address(), NodeState.UNREACHABLE);
      server.start();
      assertServes(backend, path);
      assertThat(http.probe()).containsEntry(server.address(), NodeState.ACTIVE);
    }
  }

  private static void assertUnavailable(VaultBackend backend, String path, String told) {
    SecretException failure =
        catchThrowableOfType(SecretException.class, () -> backend.read(path, Optional.empty()));
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure.retryDelay()).isPresent();
    assertThat(failure).hasMessageContaining(told);
    assertThat(backend.health().level()).isEqualTo(ComponentHealth.Level.UNHEALTHY);
    assertThat(backend.health().reason()).contains(told);
  }

  private static void assertServes(VaultBackend backend, String path) {
    assertThat(backend.read(path, Optional.empty()).content()).isEqualTo(FakeBackend.text("one"));
    assertThat(backend.health().level()).isEqualTo(ComponentHealth.Level.HEALTHY);
  }

  @Test
  void aSealedServerIsPassedOverForOneThatWorks() {
    VaultServer works = RealVault.shared();
    try (VaultServer sealed = RealVault.start(storage);
        VaultAdmin admin = new VaultAdmin(works);
        VaultHttp http = http(sealed.address(), works.address())) {
      sealed.seal();
      String path = admin.mountKeyValue(2) + "a";
      VaultBackend backend =
          new VaultBackend(
              http, new FixedTokens(admin.root()), VaultOptions.NONE, TimeSource.system());
      backend.put(path, FakeBackend.text("one"), Optional.empty());
      assertThat(backend.read(path, Optional.empty()).content()).isEqualTo(FakeBackend.text("one"));
      assertThat(backend.health().level()).isEqualTo(ComponentHealth.Level.DEGRADED);
      assertThat(backend.health().reason()).contains(sealed.address().toString(), "is sealed");
    }
  }
}
