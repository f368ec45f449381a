package dev.latchkey.demo.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of our own: it is spoken to over its standard input, answers on its standard output and
 * logs into a file.
 *
 * <p>It ignores the terminal's interrupt, so that the parent alone decides the order in which
 * processes end. Closing it closes its standard input, which its {@link Leash} takes as the word to
 * end; it is terminated and at last killed when it does not.
 */
public final class ChildProcess implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final int LOG_TAIL_LINES = 20;

  private final String name;
  private final Process process;
  private final Path log;
  private final BufferedWriter input;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.input = process.outputWriter();
  }

  /**
   * Starts {@code command}.
   *
   * @param name what messages call it
   * @param log the file that its standard error is appended to
   */
  public static ChildProcess start(String name, List<String> command, Path log) {
    List<String> shielded = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", name));
    shielded.addAll(command);
    try {
      Process process =
          new ProcessBuilder(shielded)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new ChildProcess(name, process, log);
    } catch (IOException failed) {
      throw new UncheckedIOException("could not start the " + name, failed);
    }
  }

  /** What the process writes to its standard output; to be read by one reader, to its end. */
  public BufferedReader output() {
    return process.inputReader();
  }

  /** Sends one line; the process sees it at once. */
  public void send(String line) {
    try {
      input.write(line);
      input.newLine();
      input.flush();
    } catch (IOException ended) {
      throw new UncheckedIOException("the " + name + " does not listen any more", ended);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the process to end by itself; whether it did within {@code patience}. */
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The last lines of its log, for a message about why it ended. */
  public String logTail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    } catch (IOException unreadable) {
      return "(no log: " + unreadable.getClass().getSimpleName() + ")";
    }
  }

  @Override
  public void close() {
    try {
      input.close();
    } catch (IOException alreadyGone) {
      // The process has closed its end: there is nobody left to tell.
    }
    try {
      if (!awaitEnd(GRACE)) {
        process.destroy();
        if (!awaitEnd(GRACE)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
