package dev.latchkey.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code latchkey exec} on a terminal, alone and as a job of a real shell with job control. */
class ExecTerminalTest extends ExecStage {

  /** What each shell is to print, in words that its echo of the keys does not hold. */
  private static final String ALIVE = "alive-42";

  private final StringBuilder screen = new StringBuilder();
  private @Nullable Process terminal;

  @Test
  void theKeysOfATerminalReachTheChildAlone() throws Exception {
    Path log = directory.resolve("log");
    String script =
        "trap 'echo int >> \"%1$s\"' INT; echo ready >> '%1$s';".formatted(log)
            + " until read line && [ -n \"$line\" ]; do :; done; echo \"$line\" >> '%s'; exit 9"
                .formatted(log);
    open(exec("restart") + " \"$SCRIPT\"", script);
    awaitLine(log, "ready");
    press("\3");
    awaitLine(log, "int");
    press("hello\n");
    awaitLine(log, "hello");
    assertThat(terminal().waitFor()).isEqualTo(9);
    assertThat(Files.readAllLines(log)).containsExactly("ready", "int", "hello");
  }

  @Test
  void aJobThatIsStoppedGoesOnInFrontAndReadsTheKeys() throws Exception {
    Path log = directory.resolve("log");
    shell("echo ready >> '%1$s'; read line; echo \"$line\" >> '%1$s'".formatted(log));
    press(exec("restart") + " \"$SCRIPT\"\n");
    awaitLine(log, "ready");
    press("\32");
    awaitScreen("Stopped");
    alive();
    press("fg\n");
    awaitScreen("fg");
    press("typed\n");
    awaitLine(log, "typed");
    alive();
  }

  @Test
  void aJobOfTheBackgroundThatIsPutInFrontReadsTheKeys() throws Exception {
    Path log = directory.resolve("log");
    shell("echo ready >> '%1$s'; read line; echo \"$line\" >> '%1$s'".formatted(log));
    press(exec("restart") + " \"$SCRIPT\" &\n");
    awaitLine(log, "ready");
    // It wants to read and is stopped; the shell says so when it is asked for another line.
    await()
        .atMost(SOON)
        .until(
            () -> {
              press("\n");
              return screen().contains("Stopped");
            });
    press("fg\n");
    awaitScreen("fg");
    press("typed\n");
    awaitLine(log, "typed");
    alive();
  }

  @Test
  void aRestartInTheBackgroundTakesNoTerminal() throws Exception {
    Path log = directory.resolve("log");
    shell("echo $ORDERS_DB_PASSWORD >> '%s'; while :; do sleep 100 & wait; done".formatted(log));
    press(exec("restart") + " \"$SCRIPT\"\n");
    awaitLine(log, MARKER);
    press("\32");
    awaitScreen("Stopped");
    press("bg\n");
    alive();
    version.set(2);
    secret("orders-db", Map.of("password", "second"));
    awaitLine(log, "second");
    alive();
    press("kill %%\n");
    press("wait; echo over-$((6*7))\n");
    awaitScreen("over-42");
  }

  @Test
  void aTerminalThatIsGoneEndsNoRestart() throws Exception {
    Path log = directory.resolve("log");
    Path pid = directory.resolve("pid");
    shell("echo $ORDERS_DB_PASSWORD >> '%s'; while :; do sleep 100 & wait; done".formatted(log));
    press(exec("restart") + " \"$SCRIPT\" & echo $! > " + pid + "; disown\n");
    awaitLine(log, MARKER);
    long exec = Long.parseLong(Files.readString(pid).strip());
    ProcessHandle job = ProcessHandle.of(exec).orElseThrow();
    try {
      press("exit\n");
      assertThat(terminal().waitFor(60, TimeUnit.SECONDS)).isTrue();
      version.set(2);
      secret("orders-db", Map.of("password", "second"));
      awaitLine(log, "second");
      assertThat(job.isAlive()).isTrue();
    } finally {
      job.descendants().forEach(ProcessHandle::destroyForcibly);
      job.destroyForcibly();
    }
  }

  @Test
  void theOthersOfAPipelineKeepTheTerminal() throws Exception {
    Path log = directory.resolve("log");
    shell("echo ready >> '%1$s'; until [ -e '%1$s.go' ]; do :; done; echo done".formatted(log));
    String reader =
        "(read line < /dev/tty; echo \"$line\" >> '%1$s'; : > '%1$s.go'; cat)".formatted(log);
    press(exec("restart") + " \"$SCRIPT\" | " + reader + "\n");
    awaitLine(log, "ready");
    press("typed\n");
    awaitLine(log, "typed");
    alive();
  }

  @Test
  void theKeyThatStopsStopsTheWholeSubshell() throws Exception {
    Path log = directory.resolve("log");
    shell("echo ready >> '%1$s'; until [ -e '%1$s.go' ]; do :; done".formatted(log));
    press("(" + exec("restart") + " \"$SCRIPT\"; echo after >> '" + log + "')\n");
    awaitLine(log, "ready");
    press("\32");
    awaitScreen("Stopped");
    alive();
    Files.createFile(Path.of(log + ".go"));
    assertThat(Files.readAllLines(log)).containsExactly("ready");
    press("fg\n");
    awaitLine(log, "after");
    alive();
  }

  @Test
  void theKeyThatInterruptsEndsARestartToo() throws Exception {
    Path log = directory.resolve("log");
    shell(
        "trap 'echo term >> \"%1$s\"' TERM; echo begin >> '%1$s'; while :; do :; done"
            .formatted(log));
    press(exec("restart") + " \"$SCRIPT\"\n");
    awaitLine(log, "begin");
    version.set(2);
    secret("orders-db", Map.of("password", "second"));
    awaitLine(log, "term");
    press("\3");
    press("echo code-$?\n");
    awaitScreen("code-130");
    assertThat(Files.readAllLines(log)).containsExactly("begin", "term");
  }

  private String exec(String onChange) {
    return quoted(
        command(
            List.of(
                "--secret",
                "orders-db",
                "--on-change",
                onChange,
                "--splay",
                "0s",
                "--grace",
                "60s",
                "--",
                "sh",
                "-c")));
  }

  /** A shell with job control whose variable SCRIPT is that one. */
  private void shell(String script) throws IOException {
    open("bash --norc --noprofile -i", script);
    alive();
  }

  private void alive() throws IOException {
    int before = screen().length();
    press("echo alive-$((6*7))\n");
    await("the shell").atMost(SOON).until(() -> screen().substring(before).contains(ALIVE));
  }

  private void open(String command, String script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("env", "--default-signal", "script", "-qec", command, "/dev/null");
    builder.environment().put("SCRIPT", script);
    builder.environment().put("SHELL", "/bin/bash");
    builder.environment().put("PS1", "$ ");
    builder.redirectErrorStream(true);
    Process begun = start(builder);
    terminal = begun;
    Thread.ofPlatform().daemon().start(() -> look(begun.getInputStream()));
  }

  private void look(InputStream output) {
    byte[] buffer = new byte[4096];
    try {
      for (int read = 0; read >= 0; read = output.read(buffer)) {
        synchronized (screen) {
          screen.append(new String(buffer, 0, read, UTF_8));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private Process terminal() {
    return requireNonNull(terminal);
  }

  private String screen() {
    synchronized (screen) {
      return screen.toString();
    }
  }

  private void awaitScreen(String words) {
    await("the screen's " + words)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> screen().contains(words));
  }

  private void press(String pressed) throws IOException {
    OutputStream keys = terminal().getOutputStream();
    keys.write(pressed.getBytes(UTF_8));
    keys.flush();
  }
}
