package dev.latchkey.testing.vault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A server for the tests, from the binary that {@link VaultBinary} finds. With {@code CI=true} the
 * one in the tree is built if it was not.
 *
 * <p>Where there is none the tests are skipped, and one loud line says so; with {@code CI=true}
 * that is a failure.
 */
public final class RealVault {

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
    return binary().start(storage);
  }

  /** The program that the tests start. */
  public static VaultBinary binary() {
    Path root = Path.of(System.getProperty("latchkey.root", ".."));
    VaultBinary.Build build = isCi() ? VaultBinary.Build.IF_MISSING : VaultBinary.Build.NEVER;
    return VaultBinary.find(System.getenv(), root, build).orElseGet(RealVault::none);
  }

  private static synchronized VaultBinary none() {
    String line = "no Vault: " + VaultBinary.HOW_TO_GET_ONE;
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
}
