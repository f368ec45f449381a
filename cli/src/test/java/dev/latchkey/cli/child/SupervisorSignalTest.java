package dev.latchkey.cli.child;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.cli.child.Supervision.OnChange;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a supervisor passes signals on to real children, and tells them of changes by one. */
class SupervisorSignalTest extends SupervisorStage {

  @Test
  void everySignalIsPassedOn() throws Exception {
    String traps =
        "for s in HUP INT USR1 USR2 WINCH TERM; do trap \"echo $s >> log; last=$s\" $s; done;"
            + " echo ready >> log; until [ \"$last\" = TERM ]; do :; done; exit 5";
    Supervisor supervisor = supervisor(OnChange.RESTART, traps);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("ready");
    for (String name : List.of("HUP", "INT", "USR1", "USR2", "WINCH", "TERM")) {
      supervisor.signalled(Signals.number(name));
      awaitLog(name);
    }
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(5);
  }

  @Test
  void aSignalIsSentOnlyOnceTheCommandTakesIt() throws Exception {
    Supervisor supervisor =
        supervisor(
            OnChange.SIGNAL,
            "echo begin >> log; until [ -e go ]; do :; done; trap 'echo told >> log; exit 4' HUP;"
                + " while :; do :; done");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin");
    supervisor.changed("a", "2");
    await().atMost(SOON).until(() -> said.toString(UTF_8).contains("takes no HUP yet"));
    Files.createFile(directory.resolve("go"));
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(4);
    assertThat(log()).isEqualTo("begin\ntold\n");
  }

  @Test
  void aCommandThatBlocksTheSignalToFetchItLaterIsSentIt() throws Exception {
    for (String blocked : List.of("[signal.SIGHUP]", "signal.valid_signals()")) {
      Supervisor supervisor = supervisor(OnChange.SIGNAL, blocks(blocked, "SIGHUP", "fetched"));
      CompletableFuture<Integer> code = running(supervisor);
      awaitLog(blocked);
      supervisor.changed("a", "2");
      assertThat(code.get(20, TimeUnit.SECONDS)).as(blocked).isEqualTo(4);
    }
  }

  @Test
  void aCommandThatWaitsForTheSignalIsSentIt() throws Exception {
    Supervisor supervisor =
        supervisor(OnChange.SIGNAL, blocks("[signal.SIGHUP]", "SIGHUP", "awaited"));
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("[signal.SIGHUP]");
    supervisor.changed("a", "2");
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(4);
  }

  @Test
  void aCommandThatWaitsForAnotherSignalIsNotSentIt() throws Exception {
    Supervisor supervisor =
        supervisor(OnChange.SIGNAL, blocks("[signal.SIGUSR1]", "SIGUSR1", "awaited"));
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("[signal.SIGUSR1]");
    supervisor.changed("a", "2");
    await().atMost(SOON).until(() -> said.toString(UTF_8).contains("takes no HUP yet"));
    supervisor.signalled(Signals.number("USR1"));
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(4);
  }

  /** A program that blocks signals and takes one when it asks for it, or waits for it. */
  private ChildCommand blocks(String signals, String taken, String how) {
    String program =
        """
        import select, signal, time
        signal.pthread_sigmask(signal.SIG_SETMASK, %1$s)
        open("%3$s/log", "a").write("%1$s\\n")
        while "%4$s" == "fetched" and not signal.sigpending():
            select.select([], [], [], 0.01)
        signal.sigwait([signal.%2$s])
        raise SystemExit(4)
        """
            .formatted(signals, taken, directory, how);
    return ChildCommand.find(bytes("env", "--default-signal", "python3", "-c", program), null);
  }

  @Test
  void aChangeSendsTheSignalOnceAndLeavesTheChild() throws Exception {
    Supervisor supervisor =
        supervisor(
            OnChange.SIGNAL,
            TELLS_OF_TWO
                + "trap 'echo told >> log' HUP; trap 'exit 4' TERM; echo begin >> log; "
                + GOES_ON);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin");
    supervisor.changed("a", "2");
    awaitLog("told");
    supervisor.changed("a", "2");
    letItSettle(supervisor);
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(4);
    assertThat(log()).isEqualTo("begin\ntold\nUSR1\nUSR2\n");
    assertThat(renewals).hasValue(0);
  }

  @Test
  void aStoppedChildCanBeContinuedAndEnds() throws Exception {
    Supervisor supervisor =
        supervisor(OnChange.RESTART, "echo begin >> log; kill -STOP $$; echo on >> log; exit 6");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin");
    await()
        .atMost(SOON)
        .until(
            () -> {
              supervisor.signalled(Signals.CONT);
              return code.isDone();
            });
    assertThat(code.get()).isEqualTo(6);
  }
}
