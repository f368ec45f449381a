package dev.latchkey.cli.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.cli.child.Supervision.OnChange;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a supervisor follows changes for a child that goes on after an interrupt. */
class SupervisorInterruptTest extends SupervisorStage {
  private static final String OUTLIVES =
      "trap 'echo int >> log' INT; trap 'exit 4' TERM; echo begin $V >> log; while :; do :; done";

  @BeforeEach
  void shorten() {
    grace = Duration.ofMillis(300);
  }

  @Test
  void aChangeIsFollowedOnceTheInterruptIsOutlived() throws Exception {
    Supervisor supervisor = supervisor(OnChange.RESTART, OUTLIVES);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.signalled(Signals.INT);
    awaitLog("int");
    supervisor.changed("a", "2");
    awaitLog("begin 2");
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(4);
  }

  @Test
  void soIsOneWhoseValuesCameTooEarly() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    renewal =
        () -> {
          await().atMost(SOON).untilTrue(interrupted);
          return version(2);
        };
    grace = Duration.ofSeconds(3);
    Supervisor supervisor = supervisor(OnChange.RESTART, OUTLIVES);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    supervisor.changed("a", "2");
    await().atMost(SOON).until(() -> renewals.get() == 1);
    supervisor.signalled(Signals.INT);
    interrupted.set(true);
    awaitLog("begin 2");
    assertThat(log()).contains("int");
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(4);
  }
}
