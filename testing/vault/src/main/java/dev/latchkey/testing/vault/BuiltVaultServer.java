package dev.latchkey.testing.vault;

import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The test server of the tree: unseals itself, says in one line where it is, and ends with its
 * standard input.
 */
final class BuiltVaultServer implements VaultServer {

  private final Path binary;
  private final Path storage;
  private final List<String> options;
  private String listen = "127.0.0.1:0";
  private JsonObject ready;
  private ServerProcess process;

  BuiltVaultServer(Path binary, Path storage, String... options) {
    this.binary = binary;
    this.storage = storage;
    this.options = List.of(options);
    this.process = launched();
    this.ready = firstLine();
    this.listen = address().getAuthority();
  }

  private ServerProcess launched() {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(List.of("--listen", listen, "--storage", storage.toString()));
    command.addAll(List.of("--until-stdin-closes", "--log-level", "off"));
    command.addAll(options);
    return new ServerProcess(command, true);
  }

  private JsonObject firstLine() {
    try {
      BufferedReader output = process.process().inputReader();
      String line = output.readLine();
      if (line == null) {
        throw new IllegalStateException("the server ended before it was ready; see above");
      }
      return Json.parse(line).asObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public URI address() {
    return URI.create(ready.getString("address"));
  }

  @Override
  public String rootToken() {
    return ready.getString("root_token");
  }

  @Override
  public void seal() {
    SealedState.seal(address(), rootToken());
  }

  @Override
  public void unseal() {
    SealedState.unseal(address(), ready.getString("unseal_key"));
  }

  @Override
  public void stop() {
    process.close();
  }

  @Override
  public void start() {
    process = launched();
    ready = firstLine();
  }

  @Override
  public void close() {
    process.close();
  }
}
