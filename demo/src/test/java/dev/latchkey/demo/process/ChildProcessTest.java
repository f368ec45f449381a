package dev.latchkey.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildProcessTest {

  @TempDir Path directory;

  /** A program that would run for ever if nothing ended it. */
  public static final class Endless {

    private Endless() {}

    public static void main(String[] args) throws InterruptedException {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook ran")));
      System.out.println("running");
      Thread.currentThread().join();
    }
  }

  /** A parent that starts {@link Endless} on a leash, tells its pid and then waits to be killed. */
  public static final class Parent {

    private Parent() {}

    public static void main(String[] args) throws Exception {
      ChildProcess child = endless(Path.of(args[0]));
      child.output().readLine();
      System.out.println(child.pid());
      Thread.currentThread().join();
    }
  }

  @Test
  void endsInOrderWhenItIsClosed() throws Exception {
    ChildProcess child = endless(directory.resolve("log"));
    assertThat(child.output().readLine()).isEqualTo("running");

    child.close();

    assertThat(child.isAlive()).isFalse();
    assertThat(child.output().readLine()).isEqualTo("hook ran");
  }

  @Test
  void ignoresTheInterruptOfTheTerminal() throws Exception {
    try (ChildProcess child = endless(directory.resolve("log"))) {
      child.output().readLine();

      new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor();

      assertThat(child.awaitEnd(Duration.ofMillis(300))).isFalse();
    }
  }

  @Test
  void endsWhenItsParentWasKilled() throws Exception {
    ChildProcess parent =
        ChildProcess.start(
            "parent",
            program(Parent.class, directory.resolve("inner").toString()).command(),
            directory.resolve("log"));
    ProcessHandle child =
        ProcessHandle.of(Long.parseLong(parent.output().readLine())).orElseThrow();
    assertThat(child.isAlive()).isTrue();

    new ProcessBuilder("kill", "-KILL", Long.toString(parent.pid())).start().waitFor();

    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !child.isAlive());
    parent.close();
  }

  @Test
  void showsTheEndOfItsLog() throws Exception {
    Path log = directory.resolve("log");
    try (ChildProcess child =
        ChildProcess.start("shell", List.of("sh", "-c", "echo why >&2; exit 3"), log)) {
      assertThat(child.awaitEnd(Duration.ofSeconds(10))).isTrue();
      assertThat(child.logTail()).isEqualTo("why");
    }
    assertThat(Files.readString(log)).isEqualTo("why\n");
  }

  private static ChildProcess endless(Path log) {
    return ChildProcess.start(
        "endless", program(Endless.class).leashed(System.getProperty("java.class.path")), log);
  }

  private static JavaProgram program(Class<?> main, String... arguments) {
    return new JavaProgram(
        List.of("-Xmx32m", "-XX:+UseSerialGC"),
        System.getProperty("java.class.path"),
        main.getName(),
        List.of(arguments));
  }
}
