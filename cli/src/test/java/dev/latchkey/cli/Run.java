package dev.latchkey.cli;

import dev.latchkey.cli.output.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One run of the command line in this process.
 *
 * @param code the exit code
 * @param bytes what it wrote to standard output
 * @param out the same as a text
 * @param err what it wrote to standard error
 */
public record Run(int code, List<Byte> bytes, String out, String err) {

  /** Runs against a fake agent, which stands for both sockets. */
  public static Run of(FakeAgent agent, String... arguments) {
    return with(agent.socket(), new byte[0], arguments);
  }

  /** Runs with a text on standard input. */
  public static Run reading(String input, FakeAgent agent, String... arguments) {
    return with(agent.socket(), input.getBytes(StandardCharsets.UTF_8), arguments);
  }

  /** Runs with that socket for both sockets. */
  public static Run with(Path socket, byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(input),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            Map.of("LATCHKEY_SOCKET", "" + socket, "LATCHKEY_OPERATOR_SOCKET", "" + socket),
            socket.resolveSibling(""),
            false);
    int code = new Program(terminal).run(List.of(arguments));
    return new Run(code, boxed(out.toByteArray()), text(out), text(err));
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  private static List<Byte> boxed(byte[] bytes) {
    Byte[] boxed = new Byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      boxed[i] = bytes[i];
    }
    return List.of(boxed);
  }
}
