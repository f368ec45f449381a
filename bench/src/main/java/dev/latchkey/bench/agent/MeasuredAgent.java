package dev.latchkey.bench.agent;

import dev.latchkey.agent.wiring.Main;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The agent exactly as its own main class wires it, with a {@link ConstantServer} on another socket
 * of the same process: {@code MeasuredAgent CONSTANT-SOCKET AGENT-ARGUMENT...}. Ends when its
 * standard input does.
 */
public final class MeasuredAgent {

  private MeasuredAgent() {}

  public static void main(String[] args) throws IOException {
    endWith(System.in);
    ConstantServer.start(Path.of(args[0]));
    Main.main(Arrays.copyOfRange(args, 1, args.length));
  }

  private static void endWith(InputStream input) {
    Thread.ofPlatform()
        .daemon()
        .name("end-with-the-bench")
        .start(
            () -> {
              try (input) {
                while (input.read() >= 0) {
                  // Only the end matters.
                }
              } catch (IOException broken) {
                // The same as the end.
              }
              System.exit(0);
            });
  }
}
