package dev.latchkey.cli.command;

import com.google.protobuf.ByteString;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.output.Terminal;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads values from standard input and from files, never from arguments. */
final class Input {
  /** The agent's own bound on a message; more could not be sent. */
  private static final int LARGEST = 4 << 20;

  private final Terminal terminal;
  private boolean used;

  Input(Terminal terminal) {
    this.terminal = terminal;
  }

  /** All of standard input, which can be read once. */
  byte[] all() {
    if (used) {
      throw CommandFailure.usage(
          "standard input can be read once only", "Give the other value from a file: field=@FILE");
    }
    used = true;
    return read(terminal.in(), "standard input");
  }

  /** All of a file. */
  byte[] file(String name) {
    Path path = terminal.directory().resolve(name);
    try (InputStream in = Files.newInputStream(path)) {
      return read(in, path.toString());
    } catch (NoSuchFileException e) {
      throw CommandFailure.usage("there is no file " + path, "");
    } catch (IOException e) {
      throw CommandFailure.usage("cannot read " + path, "See who may read it with: ls -l " + path);
    }
  }

  /** A password: asked for without echo on a terminal, else one line or all of standard input. */
  ByteString password(String prompt) {
    Console console = terminal.interactive() ? System.console() : null;
    if (console == null || !console.isTerminal()) {
      return ByteString.copyFrom(withoutLineBreak(all()));
    }
    char[] typed = console.readPassword("%s: ", prompt);
    if (typed == null) {
      throw CommandFailure.usage("no password was typed", "");
    }
    ByteString password = ByteString.copyFrom(new String(typed), StandardCharsets.UTF_8);
    Arrays.fill(typed, '\0');
    return password;
  }

  /** The bytes without one line break at their end, which editors and {@code echo} put there. */
  static byte[] withoutLineBreak(byte[] bytes) {
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\n') {
      length--;
      if (length > 0 && bytes[length - 1] == '\r') {
        length--;
      }
    }
    return Arrays.copyOf(bytes, length);
  }

  private static byte[] read(InputStream in, String source) {
    try {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw CommandFailure.usage(source + " holds more than 4 MiB", "");
      }
      return bytes;
    } catch (IOException e) {
      throw CommandFailure.usage("cannot read " + source, "");
    }
  }
}
