package dev.latchkey.demo.vault;

import dev.latchkey.demo.process.ChildProcess;
import dev.latchkey.demo.process.JavaProgram;
import dev.latchkey.testing.vault.VaultBinary;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** The demo's handle on the process that keeps the Vault server. */
public final class VaultProcess implements AutoCloseable {

  private final ChildProcess process;

  private VaultProcess(ChildProcess process) {
    this.process = process;
  }

  /**
   * Starts the process; the server is not there yet when this returns.
   *
   * @param directory private to the demo; the server keeps everything there
   */
  public static VaultProcess start(VaultBinary binary, Path directory, Path log) {
    JavaProgram program =
        JavaProgram.ofDemo(
            List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            Main.class.getName(),
            List.of(binary.path().toString(), directory.toString()));
    return new VaultProcess(ChildProcess.start("vault", program.command(), log));
  }

  /** Waits until the server is unsealed, and says how to reach it; to be called once. */
  public Root awaitServer() throws IOException {
    String address = process.output().readLine();
    String token = process.output().readLine();
    if (address == null || token == null) {
      throw new IOException("Vault did not start:\n" + process.logTail());
    }
    return new Root(URI.create(address), token);
  }

  @Override
  public void close() {
    process.close();
  }

  /** Where the server is and what opens everything there; its text form shows the address alone. */
  public record Root(URI address, String token) {

    @Override
    public String toString() {
      return "Root[address=" + address + "]";
    }
  }
}
