package dev.latchkey.testing.vault;

import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A binary with the command line of Vault and OpenBao: {@code server -config=FILE}. */
final class InstalledVaultServer implements VaultServer {

  private final Path binary;
  private final Path config;
  private final URI address;
  private final String rootToken;
  private final String unsealKey;
  private ServerProcess process;

  InstalledVaultServer(Path binary, Path storage) {
    this.binary = binary;
    this.config = storage.resolve("config.json");
    int port = freePort();
    this.address = URI.create("http://127.0.0.1:" + port);
    write(storage, port);
    this.process = launched();
    JsonObject keys = SealedState.initialise(address);
    this.rootToken = keys.getString("root_token");
    this.unsealKey = keys.get("keys_base64").asArray().get(0).asString();
    unseal();
  }

  private void write(Path storage, int port) {
    JsonObject tcp = new JsonObject().add("address", "127.0.0.1:" + port).add("tls_disable", true);
    JsonObject file = new JsonObject().add("path", storage.resolve("data").toString());
    JsonObject settings =
        new JsonObject()
            .add("storage", new JsonObject().add("file", file))
            .add("listener", new JsonObject().add("tcp", tcp))
            .add("api_addr", address.toString())
            .add("log_level", "error")
            .add("disable_mlock", true);
    try {
      Files.createDirectories(storage);
      Files.writeString(config, settings.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerProcess launched() {
    ServerProcess started =
        new ServerProcess(List.of(binary.toString(), "server", "-config=" + config), false);
    try (VaultCalls calls = new VaultCalls(address, "")) {
      Until.holds("the server to answer", calls::isReachable);
    }
    return started;
  }

  @Override
  public URI address() {
    return address;
  }

  @Override
  public String rootToken() {
    return rootToken;
  }

  @Override
  public void seal() {
    SealedState.seal(address, rootToken);
  }

  @Override
  public void unseal() {
    SealedState.unseal(address, unsealKey);
  }

  @Override
  public void stop() {
    process.close();
  }

  @Override
  public void start() {
    process = launched();
    unseal();
  }

  @Override
  public void close() {
    process.close();
  }
}
