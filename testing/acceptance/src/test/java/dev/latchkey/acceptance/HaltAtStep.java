package dev.latchkey.acceptance;

import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.StepListener;
import dev.latchkey.agent.secret.SecretName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Halts the agent's JVM at one moment of one step, as a power cut would.
 *
 * <p>Reaches the agent by the class path of the tests alone. The property names a file; while it is
 * there, its text is the moment, such as {@code SET:AFTER_WRITE}. It is deleted at that moment, so
 * that the next start goes on.
 */
public final class HaltAtStep implements StepListener {

  static final int EXIT = 137;

  private static final String PROPERTY = "latchkey.test.halt";

  /** The JVM's option that names the file. */
  static String option(Path file) {
    return "-D" + PROPERTY + "=" + file;
  }

  /** What the agent needs on its class path to halt. */
  static String classPath() {
    URL classes = HaltAtStep.class.getProtectionDomain().getCodeSource().getLocation();
    return Path.of(URI.create(classes.toString())).toString();
  }

  /** Makes the agent halt when it comes to {@code moment} of {@code step}. */
  static void arm(Path file, RotationStep step, Moment moment) throws IOException {
    Files.writeString(file, step + ":" + moment);
  }

  @Override
  public void at(SecretName name, String rotationId, RotationStep step, Moment moment) {
    Path file = Path.of(System.getProperty(PROPERTY, "none"));
    try {
      if (Files.exists(file) && Files.readString(file).equals(step + ":" + moment)) {
        Files.delete(file);
        Runtime.getRuntime().halt(EXIT);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
