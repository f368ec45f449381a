package dev.latchkey.cli.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tries whether a program does what it is wanted for. */
final class Trial {
  private static final int PATIENCE_SECONDS = 5;

  private Trial() {}

  /** Whether the command, found by its own path, ends with 0; its output is thrown away. */
  static boolean endsWell(List<byte[]> command) {
    List<String> words =
        command.stream().map(word -> new String(word, StandardCharsets.US_ASCII)).toList();
    try {
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
