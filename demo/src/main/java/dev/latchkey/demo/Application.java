package dev.latchkey.demo;

import dev.latchkey.demo.application.ApplicationOptions;
import dev.latchkey.demo.application.Main;
import dev.latchkey.demo.process.ChildProcess;
import dev.latchkey.demo.process.JavaProgram;
import dev.latchkey.demo.report.ApplicationEvent;
import dev.latchkey.demo.report.EventLines;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The demo's handle on the application's process. */
final class Application implements AutoCloseable {

  private static final Duration FINISH_PATIENCE = Duration.ofSeconds(30);

  private final ChildProcess process;

  private Application(ChildProcess process) {
    this.process = process;
  }

  /**
   * Starts the application.
   *
   * @param events told of everything it reports, on a thread of its own
   */
  static Application start(
      ApplicationOptions options, Path log, Consumer<ApplicationEvent> events) {
    JavaProgram program =
        JavaProgram.ofDemo(
            List.of("-Xmx128m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"),
            Main.class.getName(),
            options.arguments());
    ChildProcess process = ChildProcess.start("application", program.command(), log);
    Thread.ofVirtual().name("application-events").start(() -> read(process, events));
    return new Application(process);
  }

  private static void read(ChildProcess process, Consumer<ApplicationEvent> events) {
    try {
      process.output().lines().forEach(line -> EventLines.read(line).ifPresent(events));
    } catch (UncheckedIOException ended) {
      // The process is gone; whoever waits for its next word notices that.
    }
  }

  /** Lets it end its load, check its books and report; whether it did all that in time. */
  boolean finish() throws InterruptedException {
    process.send(Main.FINISH);
    return process.awaitEnd(FINISH_PATIENCE);
  }

  /** An exception when it ended by itself. */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the application ended by itself:\n" + process.logTail());
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
