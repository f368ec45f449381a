package dev.latchkey.agent.backend.vault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds a server for the tests: the binary that {@value #VARIABLE} names, else {@code vault} or
 * {@code bao} on the path, else the one that {@code bin/vault-server-build} made. With {@code
 * CI=true} that is built if it was not.
 *
 * <p>Where there is none the tests are skipped, and one loud line says so; with {@code CI=true}
 * that is a failure.
 */
public final class RealVault {

  /** Names a binary of Vault, of OpenBao, or of the test server in the tree. */
  public static final String VARIABLE = "LATCHKEY_TEST_VAULT";

  private static @Nullable VaultServer shared;
  private static boolean said;

  private RealVault() {}

  /** The one server of this JVM; whoever uses it leaves it running and unsealed. */
  public static synchronized VaultServer shared() {
    VaultServer running = shared;
    if (running == null) {
      Path storage = temporary();
      VaultServer started = start(storage);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    started.close();
                    delete(storage);
                  }));
      running = started;
      shared = started;
    }
    return running;
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("latchkey-vault");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> content = Files.walk(directory)) {
      for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server of the caller's own, which it closes. */
  public static VaultServer start(Path storage) {
    Path binary = binary().orElseGet(RealVault::none);
    return isOurs(binary)
        ? new BuiltVaultServer(binary, storage)
        : new InstalledVaultServer(binary, storage);
  }

  private static synchronized Path none() {
    String line = "no Vault: run bin/vault-server-build, or set " + VARIABLE + " to a binary";
    if (isCi()) {
      throw new AssertionError(line);
    }
    if (!said) {
      said = true;
      System.err.println("SKIPPED: " + line);
    }
    Assumptions.abort(line);
    throw new AssertionError("not reached");
  }

  private static boolean isCi() {
    return "true".equals(System.getenv("CI"));
  }

  private static Optional<Path> binary() {
    String named = System.getenv(VARIABLE);
    if (named != null && !named.isEmpty()) {
      return Optional.of(Path.of(named).toAbsolutePath());
    }
    return onPath().or(RealVault::built);
  }

  private static Optional<Path> onPath() {
    List<String> folders =
        List.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1));
    return folders.stream()
        .filter(folder -> !folder.isEmpty())
        .flatMap(folder -> Stream.of("vault", "bao").map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Optional<Path> built() {
    Path root = Path.of(System.getProperty("latchkey.root", "..")).toAbsolutePath();
    Path build = root.resolve("bin/vault-server-build");
    if (!Files.isExecutable(build)) {
      return Optional.empty();
    }
    // It takes minutes the first time, which nobody at a desk asked for.
    String path =
        isCi() ? output(build.toString()).strip() : output(build.toString(), "--check").strip();
    return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
  }

  /** The test server in the tree knows no commands; the others print their version. */
  private static boolean isOurs(Path binary) {
    return output(binary.toString(), "version").isBlank();
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
