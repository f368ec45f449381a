package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code latchkey exec} on a terminal, alone and as a job of a real shell with job control. */
class ExecTerminalTest extends TerminalStage {

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

  /** The command answers the key as it answers any other end. */
  @Test
  void theKeyThatInterruptsEndsARestartAlsoOfACommandThatEndsWellByIt() throws Exception {
    Path log = directory.resolve("log");
    shell(
        "trap 'echo term >> \"%1$s\"' TERM; trap 'echo int >> \"%1$s\"; exit 0' INT;".formatted(log)
            + " echo begin >> '%1$s'; while :; do :; done".formatted(log));
    press(exec("restart") + " \"$SCRIPT\"\n");
    awaitLine(log, "begin");
    version.set(2);
    secret("orders-db", Map.of("password", "second"));
    awaitLine(log, "term");
    press("\3");
    press("echo code-$?-$((6*7))\n");
    awaitScreen("code-0-42");
    assertThat(Files.readAllLines(log)).containsExactly("begin", "term", "int");
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

  /** A shell that waits for another process goes on when that one does not end by the key. */
  @Test
  void theKeyThatInterruptsReachesAllThatACommandOfAScriptBegan() throws Exception {
    Path log = directory.resolve("log");
    String second =
        "trap \"echo int >> '%1$s'; exit 9\" INT; echo ready >> '%1$s';".formatted(log)
            + " while [ -d '%s' ]; do sleep 0.1; done".formatted(directory);
    shell("sh -c \"" + second.replace("\"", "\\\"") + "\"; exit 3");
    press("(" + exec("restart") + " \"$SCRIPT\"; echo over-$((6*7)))\n");
    awaitLine(log, "ready");
    press("\3");
    awaitLine(log, "int");
    awaitScreen("over-42");
    alive();
  }
}
