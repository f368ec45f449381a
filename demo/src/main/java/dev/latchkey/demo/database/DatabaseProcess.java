package dev.latchkey.demo.database;

import dev.latchkey.demo.process.ChildProcess;
import dev.latchkey.demo.process.JavaProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The demo's handle on the process that keeps the PostgreSQL server. */
public final class DatabaseProcess implements AutoCloseable {

  private final ChildProcess process;

  private DatabaseProcess(ChildProcess process) {
    this.process = process;
  }

  /**
   * Starts the process; the server is not there yet when this returns.
   *
   * @param directory private to the demo; the server's every file is put there
   * @param password what the superuser's password becomes
   */
  public static DatabaseProcess start(Path directory, Path log, String password) {
    JavaProgram program =
        JavaProgram.ofDemo(
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            Main.class.getName(),
            List.of(directory.toString()));
    ChildProcess process = ChildProcess.start("database", program.command(), log);
    process.send(password);
    return new DatabaseProcess(process);
  }

  /** Waits until the server runs, and says where; to be called once. */
  public Server awaitServer() throws IOException {
    String line = process.output().readLine();
    if (line == null || !line.startsWith("port ")) {
      throw new IOException("PostgreSQL did not start:\n" + process.logTail());
    }
    return new Server(Integer.parseInt(line.substring("port ".length())));
  }

  @Override
  public void close() {
    process.close();
  }
}
