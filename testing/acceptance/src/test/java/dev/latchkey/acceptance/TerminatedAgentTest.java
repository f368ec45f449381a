package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.client.LatchkeyClient;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM under load: what was asked is answered, and the agent ends with 0. */
class TerminatedAgentTest {

  private static final int CALLERS = 8;

  @TempDir Path directory;

  @Test
  void cutsNoCallThatItTook() throws Exception {
    String body = "mounts: [ { prefix: \"app/\", backend: local } ]\n" + WholeLifeTest.ownPolicy();
    RunningAgent agent =
        RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body));
    agent.cli().feed("one", "put", "app/mail", "password=-").ok();
    AtomicBoolean stopping = new AtomicBoolean();
    AtomicLong answered = new AtomicLong();
    CountDownLatch warm = new CountDownLatch(CALLERS * 200);
    List<String> cut = new CopyOnWriteArrayList<>();
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    for (int i = 0; i < CALLERS; i++) {
      callers.execute(() -> call(agent, stopping, answered, warm, cut));
    }
    assertThat(warm.await(60, TimeUnit.SECONDS)).isTrue();
    stopping.set(true);
    agent.process().destroy();
    assertThat(agent.awaitEnd("SIGTERM")).isIn(0, 143);
    callers.shutdown();
    assertThat(callers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(cut).isEmpty();
    assertThat(answered.get()).isGreaterThanOrEqualTo(CALLERS * 200);
  }

  /** Calls until the agent takes no more; a refusal before the call was taken is no cut. */
  private static void call(
      RunningAgent agent,
      AtomicBoolean stopping,
      AtomicLong answered,
      CountDownLatch warm,
      List<String> cut) {
    try (LatchkeyClient client = LatchkeyClient.builder().socket(agent.socket()).build()) {
      while (true) {
        try {
          client.get("app/mail");
          answered.incrementAndGet();
          warm.countDown();
        } catch (RuntimeException e) {
          String said = chain(e);
          boolean neverTaken =
              stopping.get()
                  && (said.contains("ConnectException")
                      || said.contains("FileNotFoundException")
                      || said.contains("stopping"));
          if (!neverTaken) {
            cut.add(said);
          }
          return;
        }
      }
    }
  }

  private static String chain(Throwable failure) {
    StringBuilder chain = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      chain.append(cause).append(" <- ");
    }
    return chain.toString();
  }
}
