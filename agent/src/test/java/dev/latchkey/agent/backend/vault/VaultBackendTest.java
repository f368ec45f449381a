package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendContract;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.time.TimeSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The contract, on the key-value engine with versions of a real server. */
class VaultBackendTest extends BackendContract {

  private final VaultServer server = RealVault.shared();
  private final VaultAdmin admin = new VaultAdmin(server);
  private final VaultHttp http =
      new VaultHttp("vault", VaultServers.at(server.address()), TimeSource.system());
  private final VaultBackend backend =
      new VaultBackend(
          http,
          new FixedTokens(admin.root()),
          new VaultOptions(admin.mountKeyValue(2), Map.of()),
          TimeSource.system());

  @AfterEach
  void close() {
    http.close();
    admin.close();
  }

  @Override
  protected Backend backend() {
    return backend;
  }

  @Override
  protected void seed(String path, SecretContent content) {
    assertThat(backend.put(path, content, Optional.empty())).isNotEmpty();
  }
}
