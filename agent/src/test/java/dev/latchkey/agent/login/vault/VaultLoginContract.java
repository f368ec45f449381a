package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.LoginContract;
import dev.latchkey.agent.backend.vault.VaultHttp;
import dev.latchkey.agent.backend.vault.VaultServers;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.testing.vault.FaultyProxy;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A real server behind a proxy, and what the tests of its logins share. */
abstract class VaultLoginContract extends LoginContract {

  @TempDir Path directory;

  protected final VaultServer server = RealVault.shared();
  protected final VaultAdmin admin = new VaultAdmin(server);
  protected final FaultyProxy proxy = new FaultyProxy(server.address());
  protected final VaultHttp http =
      new VaultHttp("vault", VaultServers.at(proxy.address()), TimeSource.system());

  @AfterEach
  void closeTheWay() {
    http.close();
    proxy.close();
    admin.close();
  }

  protected Login login(LoginMethod method) {
    return new VaultLogin(http::answer, method, TimeSource.system());
  }

  @Override
  protected void goDown() {
    proxy.refuse();
  }

  /** Settings of a role whose tokens live as the contract says. */
  protected static JsonObject role() {
    return new JsonObject().add("token_ttl", LIFE.toSeconds()).add("token_max_ttl", 3600);
  }

  protected TextSource file(String name, String text) {
    return new TextSource.InFile(written(name, text));
  }

  protected Path written(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
