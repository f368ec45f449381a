package dev.latchkey.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A terminal of the tests, with a shell or {@code latchkey exec} on it. */
abstract class TerminalStage extends ExecStage {

  /** What each shell is to print, in words that its echo of the keys does not hold. */
  private static final String ALIVE = "alive-42";

  private final StringBuilder screen = new StringBuilder();
  private @Nullable Process terminal;

  final String exec(String onChange) {
    return exec(onChange, "60s");
  }

  final String exec(String onChange, String grace) {
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
                grace,
                "--",
                "sh",
                "-c")));
  }

  /** A shell with job control whose variable SCRIPT is that one. */
  final void shell(String script) throws IOException {
    open("bash --norc --noprofile -i", script);
    alive();
  }

  final void alive() throws IOException {
    int before = screen().length();
    press("echo alive-$((6*7))\n");
    await("the shell").atMost(SOON).until(() -> screen().substring(before).contains(ALIVE));
  }

  final void open(String command, String script) throws IOException {
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

  final Process terminal() {
    return requireNonNull(terminal);
  }

  final String screen() {
    synchronized (screen) {
      return screen.toString();
    }
  }

  final void awaitScreen(String words) {
    await("the screen's " + words)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> screen().contains(words));
  }

  final void press(String pressed) throws IOException {
    OutputStream keys = terminal().getOutputStream();
    keys.write(pressed.getBytes(UTF_8));
    keys.flush();
  }
}
