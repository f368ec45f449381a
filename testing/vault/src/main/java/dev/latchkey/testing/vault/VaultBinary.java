package dev.latchkey.testing.vault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that serves the API of Vault, found on this machine.
 *
 * @param path where it lies
 */
public record VaultBinary(Path path) {

  /** Names a binary of Vault, of OpenBao, or of the test server in the tree. */
  public static final String VARIABLE = "LATCHKEY_TEST_VAULT";

  /** What to do where there is none. */
  public static final String HOW_TO_GET_ONE =
      "put 'vault' or 'bao' on the path, or set "
          + VARIABLE
          + " to a binary of either, or run bin/vault-server-build (needs Go 1.26)";

  private static final String BUILD = "bin/vault-server-build";

  /** When the test server in the tree may be built to be found. */
  public enum Build {
    /** It takes minutes the first time, which nobody at a desk asked for. */
    NEVER,
    IF_MISSING
  }

  /**
   * The binary that {@value #VARIABLE} names, else {@code vault} or {@code bao} on the path, else
   * the one that {@code bin/vault-server-build} made.
   *
   * @param environment the variables of this process
   * @param root the directory that holds {@code bin}
   */
  public static Optional<VaultBinary> find(
      Map<String, String> environment, Path root, Build build) {
    String named = environment.getOrDefault(VARIABLE, "");
    Optional<Path> path =
        named.isEmpty()
            ? onPath(environment).or(() -> built(root, build))
            : Optional.of(Path.of(named).toAbsolutePath());
    return path.map(VaultBinary::new);
  }

  private static Optional<Path> onPath(Map<String, String> environment) {
    return List.of(environment.getOrDefault("PATH", "").split(":", -1)).stream()
        .filter(folder -> !folder.isEmpty())
        .flatMap(folder -> Stream.of("vault", "bao").map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Optional<Path> built(Path root, Build build) {
    Path script = root.toAbsolutePath().resolve(BUILD);
    if (!Files.isExecutable(script)) {
      return Optional.empty();
    }
    String path =
        switch (build) {
          case NEVER -> output(script.toString(), "--check").strip();
          case IF_MISSING -> output(script.toString()).strip();
        };
    return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
  }

  /** Starts it on {@code storage}, initialised and unsealed. */
  public VaultServer start(Path storage) {
    return isOurs() ? new BuiltVaultServer(path, storage) : new InstalledVaultServer(path, storage);
  }

  /** The test server in the tree knows no commands; the others print their version. */
  private boolean isOurs() {
    return output(path.toString(), "version").isBlank();
  }

  private static ProcessBuilder.Redirect errors(String... command) {
    return command.length == 1 ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD;
  }

  private static String output(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectError(errors(command)).start();
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readAllBytes();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0
          ? new String(output, StandardCharsets.UTF_8)
          : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
