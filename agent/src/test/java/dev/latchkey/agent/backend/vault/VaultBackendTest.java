package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendContract;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.testing.vault.FaultyProxy;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The contract, on the key-value engine with versions of a real server. */
class VaultBackendTest extends BackendContract {

  private final VaultServer server = RealVault.shared();
  private final VaultAdmin admin = new VaultAdmin(server);
  private final FaultyProxy proxy = new FaultyProxy(server.address());
  private final VaultHttp http =
      new VaultHttp("vault", VaultServers.at(proxy.address()), TimeSource.system());
  private final VaultBackend backend =
      new VaultBackend(
          http,
          new FixedTokens(admin.root()),
          new VaultOptions(admin.mountKeyValue(2), Map.of()),
          TimeSource.system());

  @AfterEach
  void close() {
    http.close();
    proxy.close();
    admin.close();
  }

  @Override
  protected Backend backend() {
    return backend;
  }

  /** Newer servers take a text of 1 MiB at the most, and what goes there is base64. */
  @Override
  protected int large() {
    return 512 << 10;
  }

  @Override
  protected void seed(String path, SecretContent content) {
    assertThat(backend.put(path, content, Optional.empty())).isNotEmpty();
  }

  @Override
  protected Optional<Breakable> breakable() {
    seed("a", FakeBackend.text("one"));
    return Optional.of(
        new Breakable() {
          @Override
          public Backend backend() {
            return backend;
          }

          @Override
          public void goDown() {
            proxy.refuse();
          }

          @Override
          public void hang() {
            proxy.hang();
          }

          @Override
          public void deny() {
            proxy.answer(403, "{\"errors\":[\"permission denied\"]}");
          }

          @Override
          public void heal() {
            proxy.heal();
          }

          @Override
          public int calls() {
            return proxy.requests();
          }
        });
  }
}
