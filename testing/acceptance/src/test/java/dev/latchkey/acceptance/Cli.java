package dev.latchkey.acceptance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line as a process, against one agent. */
record Cli(Path socket, Path operatorSocket, List<String> prefix, List<String> jvm) {

  Cli(Path socket, Path operatorSocket) {
    this(socket, operatorSocket, List.of(), List.of());
  }

  /** What a run printed, and how it ended. */
  record Result(int exit, String out, String err) {

    /** The same, if it ended well; a failure with what it printed otherwise. */
    Result ok() {
      if (exit != 0) {
        throw new AssertionError("exit " + exit + "\n" + out + "\n" + err);
      }
      return this;
    }
  }

  /** The same command line, started through {@code words}, such as another uid. */
  Cli through(List<String> words) {
    return new Cli(socket, operatorSocket, words, jvm);
  }

  /** The same command line, with more options of the JVM. */
  Cli withJvm(List<String> options) {
    return new Cli(socket, operatorSocket, prefix, options);
  }

  /** Runs it without input. */
  Result run(String... arguments) {
    return feed("", arguments);
  }

  /** Runs it with {@code input} on its standard input. */
  Result feed(String input, String... arguments) {
    try {
      Path out = Files.createTempFile("cli", ".out");
      Path err = Files.createTempFile("cli", ".err");
      List<String> command = new ArrayList<>(prefix);
      command.addAll(Installation.cli(jvm, arguments));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().put("LATCHKEY_SOCKET", socket.toString());
      builder.environment().put("LATCHKEY_OPERATOR_SOCKET", operatorSocket.toString());
      Process process = builder.start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException endedWithoutReading) {
        // Its exit code tells.
      }
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("the command line did not end: " + List.of(arguments));
      }
      Result result = new Result(process.exitValue(), Files.readString(out), Files.readString(err));
      Files.delete(out);
      Files.delete(err);
      return result;
    } catch (IOException e) {
      throw new AssertionError("the command line could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
