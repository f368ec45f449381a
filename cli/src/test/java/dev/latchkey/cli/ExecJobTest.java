package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import dev.latchkey.v1.QuitResponse;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Jobs whose sidecar ends with them, and what may go wrong while one is begun. */
class ExecJobTest extends ExecStage {

  @Test
  void asksTheAgentToEndAfterTheCommandAlsoWhenItDoesNotAnswerAtOnce() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    agent.answers(
        "Quit",
        request -> {
          if (asked.getAndIncrement() == 0) {
            throw Status.UNAVAILABLE.withDescription("starting").asRuntimeException();
          }
          return List.of(QuitResponse.getDefaultInstance());
        });
    Process process = start("--secret", "orders-db", "--quit-agent", "--", "sh", "-c", "exit 3");
    assertThat(process.waitFor()).isEqualTo(3);
    assertThat(asked).hasValue(2);
  }

  @Test
  void theAgentEndsAlsoWithAJobThatNeverBegan() throws Exception {
    failure("never", Status.Code.NOT_FOUND);
    failure("denied", Status.Code.PERMISSION_DENIED);
    assertThat(quits("127", "--secret", "orders-db", "--quit-agent", "--", "no-such-command"))
        .isTrue();
    assertThat(quits("126", "--secret", "orders-db", "--quit-agent", "--", "/etc/passwd")).isTrue();
    assertThat(quits("125", "--secret", "denied", "--quit-agent", "--", "true")).isTrue();
    assertThat(quits("124", "--secret", "never", "--timeout", "1s", "--quit-agent", "--", "true"))
        .isTrue();
  }

  @Test
  void theAgentEndsWithAJobThatIsEndedWhileItWaits() throws Exception {
    failure("never", Status.Code.NOT_FOUND);
    Process process = start("--secret", "never", "--quit-agent", "--", "true");
    await().atMost(SOON).until(() -> agent.called().contains("BatchGetSecrets"));
    process.destroy();
    assertThat(process.waitFor()).isEqualTo(143);
    assertThat(agent.called()).contains("Quit");
  }

  @Test
  void aJobThatMayNotEndTheAgentIsNotBegun() throws Exception {
    agent.refuses("GetStatus", Status.UNAUTHENTICATED.withDescription("operators alone"));
    Path log = directory.resolve("log");
    Process process =
        start("--secret", "orders-db", "--quit-agent", "--", "sh", "-c", "echo >> " + log);
    assertThat(ended(process)).startsWith("125 ").contains("--quit-agent", "operators alone");
    assertThat(log).doesNotExist();
  }

  @Test
  void anAgentThatHangsAfterTheReadDoesNotKeepTheCommandFromBeginning() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    agent.answers("WatchCredentials", request -> unanswered(never));
    try {
      Process process =
          start(
              "--secret",
              "orders-db",
              "--on-change",
              "signal",
              "--timeout",
              "15s",
              "--",
              "sh",
              "-c",
              "exit 6");
      assertThat(process.waitFor(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(6);
    } finally {
      never.countDown();
    }
  }

  @Test
  void whatChangesWhileTheWatchBeginsIsWhatTheCommandBeginsWith() throws Exception {
    Path log = directory.resolve("log");
    agent.answers(
        "WatchCredentials",
        request -> {
          if (version.compareAndSet(1, 2)) {
            secret("orders-db", Map.of("password", "second"));
          }
          return List.of(changed("orders-db"), caughtUp());
        });
    Process process =
        start(
            "--secret",
            "orders-db",
            "--on-change",
            "signal",
            "--",
            "sh",
            "-c",
            "echo $ORDERS_DB_PASSWORD >> '%s'; exit 5".formatted(log));
    assertThat(process.waitFor()).isEqualTo(5);
    assertThat(Files.readAllLines(log)).containsExactly("second");
  }

  /** The control is the shell's own: it says that the name is there. */
  @Test
  void aVariableOfTheCallerThatIsNoTextHindersNothingAndBytesStayAsTheyAre() throws Exception {
    Path out = directory.resolve("out");
    String script =
        "printf -v name 'N\\xe9X'; printf -v word 'w\\xff\\xfe'; exec env \"$name=1\" \"V=$word\" "
            + quoted(
                command(
                    List.of(
                        "--secret",
                        "orders-db",
                        "--pass",
                        "V",
                        "--",
                        "/bin/sh",
                        "-c",
                        "printf '%s|%s' \"$1\" \"$V\"",
                        "sh")))
            + " \"$word\" > "
            + out;
    Process process = start(new ProcessBuilder("bash", "-c", script));
    assertThat(ended(process)).isEqualTo("0 ");
    assertThat(Files.readAllBytes(out)).containsExactly('w', 0xff, 0xfe, '|', 'w', 0xff, 0xfe);
  }

  private List<Message> unanswered(CountDownLatch never) {
    try {
      assertThat(never.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.of();
  }

  private boolean quits(String code, String... arguments) throws Exception {
    agent.called().clear();
    assertThat(ended(start(arguments))).startsWith(code + " ");
    return agent.called().contains("Quit");
  }
}
