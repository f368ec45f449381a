package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.CredentialChange;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.StateId;
import dev.latchkey.client.WatchRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A watcher whose connections break inside frames, while the agent is restarted and once restored
 * from a backup: nothing older after something newer, nothing missed.
 */
class WatchThroughCutsTest {

  private static final boolean SOAK = Boolean.getBoolean("latchkey.soak");
  private static final int RECONNECTS = SOAK ? 5000 : 1000;
  private static final int RESTARTS = SOAK ? 60 : 20;

  /** Each restart ends one, and so does the restore. */
  private static final int LIVES = RESTARTS + 1;

  private static final String NAME = "app/counter";

  @TempDir Path directory;

  private final Told told = new Told();
  private final Map<StateId, Long> counters = new HashMap<>();
  private long counter;
  private int restarts;

  @Test
  void isToldOfEveryChangeInOrderThroughCutsRestartsAndARestore() throws Exception {
    long seed = Long.getLong("latchkey.test.seed", System.nanoTime());
    String body = "mounts: [ { prefix: \"app/\", backend: local } ]\n" + WholeLifeTest.ownPolicy();
    RunningAgent agent = RunningAgent.start(directory.resolve("agent"), startingFast(body));
    try (agent;
        CuttingProxy proxy =
            CuttingProxy.start(directory.resolve("proxy.sock"), agent.socket(), seed);
        LatchkeyClient client =
            LatchkeyClient.builder()
                .socket(proxy.socket())
                .headers(told::asking)
                .reconnectBackoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .build()) {
      publish(agent, 0);
      client.watch(WatchRequest.of(NAME), told);
      Path backup = directory.resolve("backup");
      for (int life = 1; life <= LIVES; life++) {
        publish(agent, (long) RECONNECTS * life / (LIVES + 1));
        if (life == LIVES / 2 + 1) {
          try (Operator operator = new Operator(agent)) {
            operator.backup(backup);
          }
          publish(agent, told.streams() + 5);
          restore(agent, backup);
        } else {
          restart(agent, life);
        }
        rememberCurrent(agent);
      }
      publish(agent, RECONNECTS + 1);
      proxy.stopCutting();
      publish(agent, 0);
      await("the last change, seed " + seed)
          .atMost(Duration.ofSeconds(30))
          .until(() -> newest().text("counter").equals(Long.toString(counter)));
      assertThat(proxy.cuts()).isGreaterThanOrEqualTo(RECONNECTS * 9L / 10);
    }
    judge(seed);
  }

  /**
   * The compiler that is done sooner: an agent that lives for seconds gains nothing by the other.
   */
  private static RunningAgent.Setup startingFast(String body) {
    return RunningAgent.Setup.of(body).withJvm("-XX:TieredStopAtLevel=1");
  }

  /** Publishes counters until so many streams began, and one at least. */
  private void publish(RunningAgent agent, long streams) {
    long begun = System.nanoTime();
    try (Operator operator = new Operator(agent)) {
      do {
        counter++;
        StateId state = state(operator.put(NAME, "counter", Long.toString(counter)));
        counters.put(version(state), counter);
        told.published(state);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
            .as("the watcher reconnects; faults %s", told.faults())
            .isLessThan(Duration.ofMinutes(10));
      } while (told.streams() < streams);
    }
  }

  private void restart(RunningAgent agent, int life) throws Exception {
    if (life % 2 == 0) {
      agent.close();
    } else {
      agent.kill();
    }
    agent.restart();
    restarts++;
  }

  private static void restore(RunningAgent agent, Path backup) throws Exception {
    agent.kill();
    WholeLifeTest.deleteTree(agent.state());
    WholeLifeTest.runAgentMain(agent, "state", "restore", backup.toString());
    agent.restart();
  }

  /** After a restore the state is an older one of another epoch, which nobody published. */
  private void rememberCurrent(RunningAgent agent) {
    try (LatchkeyClient direct = LatchkeyClient.builder().socket(agent.socket()).build()) {
      Credential current = direct.get(NAME);
      counters.putIfAbsent(version(current.state()), Long.valueOf(current.text("counter")));
      told.published(current.state());
    }
  }

  private Credential newest() {
    return told.changes().getLast().credential();
  }

  private void judge(long seed) {
    List<CredentialChange> changes = told.changes();
    assertThat(told.faults()).as("seed %d", seed).isEmpty();
    assertThat(told.streams() - 1).as("reconnects").isGreaterThanOrEqualTo(RECONNECTS);
    assertThat(restarts).as("restarts, besides the restore").isEqualTo(RESTARTS);
    assertThat(told.compared()).as("first events compared").isGreaterThan(RECONNECTS / 2);
    assertThat(changes.stream().map(change -> change.credential().state().epoch()).distinct())
        .as("epochs")
        .hasSize(2);
    for (int i = 0; i < changes.size(); i++) {
      Credential credential = changes.get(i).credential();
      assertThat(counters.get(version(credential.state())))
          .as("the counter of %s, seed %d", credential.state(), seed)
          .isEqualTo(Long.valueOf(credential.text("counter")));
      if (i > 0) {
        follows(changes.get(i - 1).credential().state(), changes.get(i), seed);
      }
    }
  }

  private static void follows(StateId before, CredentialChange change, long seed) {
    StateId state = change.credential().state();
    if (!before.sameEpoch(state)) {
      assertThat(change.snapshot()).as("another epoch is a snapshot, seed %d", seed).isTrue();
      return;
    }
    assertThat(state.follows(before)).as("%s after %s, seed %d", state, before, seed).isTrue();
    if (!change.snapshot()) {
      assertThat(change.skipped())
          .as("skipped between %s and %s, seed %d", before, state, seed)
          .isEqualTo(Math.max(0, state.version() - before.version() - 1));
    }
  }

  private static StateId state(dev.latchkey.v1.StateId wire) {
    return new StateId(wire.getEpoch(), wire.getVersion(), wire.getRevision());
  }

  /** The version alone: a revision says nothing of the value. */
  private static StateId version(StateId state) {
    return new StateId(state.epoch(), state.version(), 0);
  }
}
