package dev.latchkey.cli.child;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.cli.child.Supervision.OnChange;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How a supervisor accompanies real children: changes and restarts. */
class SupervisorTest extends SupervisorStage {

  @Test
  void aChangeBeginsTheCommandAgainWithTheNewValues() throws Exception {
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "trap 'echo end $V >> log; exit 3' TERM; echo begin $V >> log; " + GOES_ON);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.changed("a", "1");
    supervisor.changed("a", "2");
    awaitLog("begin 2");
    assertThat(log()).isEqualTo("begin 1\nend 1\nbegin 2\n");
    assertThat(said.toString(UTF_8)).contains("a secret changed");
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(3);
    assertThat(renewals).hasValue(1);
  }

  /** Where no more threads can be begun, the command that is begun again has one all the same. */
  @Test
  void oneThreadFollowsAllThatIsBegun() throws Exception {
    Set<Thread> others = followers(Set.of());
    Supervisor supervisor =
        supervisor(OnChange.RESTART, "echo begin $V >> log; while :; do :; done");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    Set<Thread> first = followers(others);
    supervisor.changed("a", "2");
    awaitLog("begin 2");
    assertThat(followers(others)).hasSize(1).isEqualTo(first);
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(143);
    await().atMost(SOON).until(() -> followers(others).isEmpty());
  }

  private static Set<Thread> followers(Set<Thread> others) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("latchkey-child") && !others.contains(thread))
        .collect(Collectors.toSet());
  }

  @Test
  void aVersionThatTheChildHasChangesNothing() throws Exception {
    AtomicInteger current = new AtomicInteger(1);
    renewal = () -> version(current.get());
    Supervisor supervisor =
        supervisor(OnChange.RESTART, TELLS_OF_TWO + "echo begin $V >> log; " + GOES_ON);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.changed("a", "1");
    letItSettle(supervisor);
    current.set(2);
    supervisor.changed("a", "2");
    awaitLog("begin 2");
    assertThat(renewals).hasValue(1);
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(143);
  }

  @Test
  void aChildThatIgnoresTermIsKilledAfterTheGraceWithAllThatItBegan() throws Exception {
    grace = Duration.ofMillis(300);
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "trap '' TERM; sleep 100 & echo $! > grandchild; echo begin $V >> log;"
                + " while :; do sleep 100; done");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    long grandchild = Long.parseLong(Files.readString(directory.resolve("grandchild")).strip());
    supervisor.changed("a", "2");
    awaitLog("begin 2");
    assertThat(said.toString(UTF_8)).contains("did not end within 0.3 s; killed");
    await().atMost(SOON).until(() -> isGone(grandchild));
    supervisor.signalled(Signals.KILL);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(137);
    ProcessHandle.of(Long.parseLong(Files.readString(directory.resolve("grandchild")).strip()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void whatTheChildLeavesBehindHasTheGraceTooBeforeItsSuccessorBegins() throws Exception {
    String drain =
        "trap 'until [ -e go ]; do :; done; echo drained $V >> log; exit' TERM; echo up $V >> log;"
            + " while :; do :; done";
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "trap 'echo end $V >> log; exit' TERM; sh -c '"
                + drain.replace("'", "'\\''")
                + "' & echo begin $V >> log; while :; do :; done");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("up 1");
    awaitLog("begin 1");
    supervisor.changed("a", "2");
    awaitLog("end 1");
    Files.createFile(directory.resolve("go"));
    awaitLog("begin 2");
    assertThat(log().lines()).containsSubsequence("drained 1", "begin 2");
    assertThat(said.toString(UTF_8)).doesNotContain("killed");
    supervisor.signalled(Signals.KILL);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(137);
    awaitLog("up 2");
    endWhatIsLeft();
  }

  @Test
  void whatOutlivesTheGraceIsKilledThoughItsLeaderHasEnded() throws Exception {
    grace = Duration.ofMillis(300);
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "sh -c 'trap \"\" TERM; echo $$ > grandchild; while :; do :; done' &"
                + " until [ -s grandchild ]; do :; done; echo begin $V >> log; read never < fifo");
    Process fifo = new ProcessBuilder("mkfifo", directory + "/fifo").start();
    assertThat(fifo.waitFor()).isZero();
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    long grandchild = Long.parseLong(Files.readString(directory.resolve("grandchild")).strip());
    supervisor.changed("a", "2");
    awaitLog("begin 2");
    assertThat(said.toString(UTF_8)).contains("did not end within 0.3 s; killed");
    await().atMost(SOON).until(() -> isGone(grandchild));
    supervisor.signalled(Signals.KILL);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(137);
    endWhatIsLeft();
  }

  @Test
  void aChangeThatCouldNotBeDeliveredIsTriedAgain() throws Exception {
    renewal =
        () -> {
          if (renewals.get() == 1) {
            throw new CommandFailure(ExitCode.FAILED, "it went wrong", "");
          }
          if (renewals.get() == 2) {
            throw new OutOfMemoryError("none left");
          }
          return version(2);
        };
    Supervisor supervisor =
        supervisor(OnChange.RESTART, "echo begin $V >> log; while :; do :; done");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.changed("a", "2");
    awaitLog("begin 2");
    assertThat(said.toString(UTF_8)).contains("it went wrong", "unexpected OutOfMemoryError");
    assertThat(renewals).hasValue(3);
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(143);
  }

  @Test
  void aCommandIsNotBegunWhenTheEndWasAskedForBefore() {
    Supervisor supervisor = supervisor(OnChange.RESTART, "echo begin >> log");
    supervisor.changed("a", "2");
    supervisor.signalled(Signals.TERM);
    assertThat(supervisor.run(version(1))).isEqualTo(143);
    assertThat(log()).isEmpty();
  }

  @Test
  void onlyWhatIsNewerThanADeliveryMakesItOutdated() {
    Supervisor supervisor = supervisor(OnChange.SIGNAL, "exit");
    supervisor.changed("a", "1");
    assertThat(supervisor.isOutdated(version(1))).isFalse();
    supervisor.changed("a", "2");
    assertThat(supervisor.isOutdated(version(1))).isTrue();
    assertThat(supervisor.isOutdated(version(2))).isFalse();
  }

  @Test
  void whoAsksForTheEndWhileItRestartsGetsIt() throws Exception {
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "trap 'echo end >> log; [ -e two ] && exit 9; : > two' TERM; echo begin >> log;"
                + " while :; do :; done");
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin");
    supervisor.changed("a", "2");
    awaitLog("end");
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(9);
    assertThat(log()).isEqualTo("begin\nend\nend\n");
  }

  @Test
  void aChangeWhileItRestartsIsNotLost() throws Exception {
    AtomicInteger current = new AtomicInteger(2);
    renewal = () -> version(current.get());
    Supervisor supervisor =
        supervisor(
            OnChange.RESTART,
            "trap 'echo end $V >> log; until [ -e go ]; do sleep 0.01; done; exit' TERM;"
                + " echo begin $V >> log; "
                + GOES_ON);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.changed("a", "2");
    awaitLog("end 1");
    current.set(3);
    supervisor.changed("a", "3");
    Files.createFile(directory.resolve("go"));
    awaitLog("begin 3");
    assertThat(log().lines().toList().getLast()).isEqualTo("begin 3");
    supervisor.signalled(Signals.KILL);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(137);
  }

  @Test
  void valuesThatCannotBeDeliveredLeaveTheChildAsItIs() throws Exception {
    renewal =
        () -> {
          throw new CommandFailure(ExitCode.USAGE, "two sources of V", "");
        };
    Supervisor supervisor = supervisor(OnChange.RESTART, "echo begin $V >> log; " + GOES_ON);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.changed("a", "2");
    await().atMost(SOON).until(() -> said.toString(UTF_8).contains("two sources of V"));
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(143);
    assertThat(log()).isEqualTo("begin 1\n");
  }
}
