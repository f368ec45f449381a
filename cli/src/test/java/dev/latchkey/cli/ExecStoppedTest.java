package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code latchkey exec} on a terminal: what stops stays stopped, and with it who waits for it. */
class ExecStoppedTest extends TerminalStage {

  @Test
  void theKeyThatStopsStopsTheWholeSubshell() throws Exception {
    Path log = directory.resolve("log");
    shell(counter(log));
    press("(" + exec("restart") + " \"$SCRIPT\"; echo after >> '" + log + "')\n");
    awaitLine(log, "ready");
    press("\32");
    awaitScreen("Stopped");
    assertStandsStill();
    Files.createFile(Path.of(log + ".go"));
    assertThat(Files.readAllLines(log)).containsExactly("ready");
    press("fg\n");
    awaitLine(log, "after");
    alive();
  }

  @Test
  void aChildOfASubshellThatIsStoppedByASignalStaysSo() throws Exception {
    Path log = directory.resolve("log");
    shell(counter(log));
    press("(" + exec("restart") + " \"$SCRIPT\"; echo after >> '" + log + "')\n");
    awaitLine(log, "ready");
    signal("STOP", child());
    awaitScreen("Stopped");
    assertStandsStill();
    Files.createFile(Path.of(log + ".go"));
    press("fg\n");
    awaitLine(log, "after");
    alive();
  }

  /** Nobody but this session's shell could continue it, and there is none. */
  @Test
  void withoutAShellTheKeyThatStopsIsUndoneAndASignalIsNot() throws Exception {
    Path log = directory.resolve("log");
    open(exec("restart") + " \"$SCRIPT\"", counter(log));
    awaitLine(log, "ready");
    press("\32");
    long stopped = counted();
    await("the count to go on").atMost(SOON).until(() -> counted() > stopped + 200);
    signal("STOP", child());
    awaitStopped(child());
    Files.createFile(Path.of(log + ".go"));
    signal("CONT", child());
    assertThat(terminal().waitFor()).isZero();
  }

  @Test
  void theTimeThatItIsStoppedIsNoneOfTheGraceOfARestart() throws Exception {
    Path log = directory.resolve("log");
    Duration grace = Duration.ofSeconds(8);
    shell(
        "trap 'echo term >> \"%1$s\"; until [ -e \"%1$s.go\" ]; do sleep 0.1; done;".formatted(log)
            + " echo drained >> \"%1$s\"; exit' TERM;".formatted(log)
            + " echo $ORDERS_DB_PASSWORD >> '%s'; while :; do sleep 0.1; done".formatted(log));
    press(exec("restart", grace.toSeconds() + "s") + " \"$SCRIPT\"\n");
    awaitLine(log, MARKER);
    version.set(2);
    secret("orders-db", Map.of("password", "second"));
    awaitLine(log, "term");
    press("\32");
    awaitScreen("Stopped");
    long stoppedAt = System.nanoTime();
    await("the grace to be over")
        .atMost(SOON)
        .until(() -> System.nanoTime() - stoppedAt > grace.toNanos());
    Files.createFile(Path.of(log + ".go"));
    press("fg\n");
    awaitLine(log, "second");
    assertThat(Files.readAllLines(log)).containsExactly(MARKER, "term", "drained", "second");
    press("\3");
    alive();
  }

  /** Counts until it is told to end. */
  private String counter(Path log) {
    return ("echo $$ > '%2$s.pid'; echo ready >> '%1$s'; i=0;"
            + " until [ -e '%1$s.go' ]; do i=$((i+1)); echo $i > '%2$s'; done")
        .formatted(log, directory.resolve("count"));
  }

  private long child() throws IOException {
    return Long.parseLong(Files.readString(directory.resolve("count.pid")).strip());
  }

  private long counted() throws IOException {
    String count = Files.readString(directory.resolve("count")).strip();
    return count.isEmpty() ? 0 : Long.parseLong(count);
  }

  /** The child and its supervisor are stopped, and nobody continues them. */
  private void assertStandsStill() throws IOException {
    long supervisor = ProcessHandle.of(child()).orElseThrow().parent().orElseThrow().pid();
    awaitStopped(child());
    awaitStopped(supervisor);
    String before = Files.readString(directory.resolve("count"));
    alive();
    assertThat(Files.readString(directory.resolve("count"))).isEqualTo(before);
  }

  private static void awaitStopped(long process) {
    await("process " + process + " to stop")
        .atMost(SOON)
        .until(() -> Files.readString(Path.of("/proc/" + process + "/stat")).contains(") T "));
  }
}
