package dev.latchkey.demo.database;

import dev.latchkey.demo.process.ChildProcess;
import dev.latchkey.demo.process.JavaProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The demo's handle on the process that keeps the PostgreSQL server. */
public final class DatabaseProcess implements AutoCloseable {

  private final ChildProcess process;
  private final int port;

  private DatabaseProcess(ChildProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts the server and returns once it runs.
   *
   * @param directory private to the demo; the server's every file is put there
   * @param password what the superuser's password becomes
   */
  public static DatabaseProcess start(Path directory, Path log, String password)
      throws IOException {
    JavaProgram program =
        JavaProgram.ofDemo(
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            Main.class.getName(),
            List.of(directory.toString()));
    ChildProcess process = ChildProcess.start("database", program.command(), log);
    try {
      process.send(password);
      return new DatabaseProcess(process, portOf(process));
    } catch (IOException | RuntimeException failed) {
      process.close();
      throw failed;
    }
  }

  private static int portOf(ChildProcess process) throws IOException {
    String line = process.output().readLine();
    if (line == null || !line.startsWith("port ")) {
      throw new IOException("PostgreSQL did not start:\n" + process.logTail());
    }
    return Integer.parseInt(line.substring("port ".length()));
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.close();
  }
}
