package dev.latchkey.testing.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fixtures themselves, on the server that this machine has. */
class RealVaultTest {

  @TempDir Path storage;

  @Test
  void aServerKeepsWhatItHoldsOverSealsAndRestarts() {
    try (VaultServer server = RealVault.start(storage);
        VaultAdmin admin = new VaultAdmin(server);
        VaultCalls anybody = new VaultCalls(server.address(), "")) {
      String kv = admin.mountKeyValue(1);
      admin.write(kv + "a", new JsonObject().add("value", "one"));

      server.seal();
      assertThat(anybody.health()).isEqualTo(503);
      server.unseal();
      server.stop();
      assertThat(anybody.isReachable()).isFalse();
      server.start();

      assertThat(admin.read(kv + "a").get("data").asObject().getString("value")).isEqualTo("one");
    }
  }

  @Test
  void aRefusalIsToldInTheServersWords() {
    try (VaultServer server = RealVault.start(storage);
        VaultAdmin admin = new VaultAdmin(server)) {
      assertThatThrownBy(() -> admin.read("nowhere/a"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("GET /v1/nowhere/a: 404");
    }
  }

  @Test
  void theProxyCountsWhatItPassesOn() {
    try (VaultServer server = RealVault.start(storage);
        FaultyProxy proxy = new FaultyProxy(server.address());
        VaultCalls through = new VaultCalls(proxy.address(), server.rootToken())) {
      through.read("auth/token/lookup-self");
      proxy.refuse();
      assertThat(through.isReachable()).isFalse();
      proxy.heal();
      through.read("auth/token/lookup-self");

      assertThat(proxy.requestLines())
          .containsExactly(
              "GET /v1/auth/token/lookup-self HTTP/1.1", "GET /v1/auth/token/lookup-self HTTP/1.1");
    }
  }
}
