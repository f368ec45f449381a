package dev.latchkey.agent.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CircuitTest {

  private static final Duration CAP = Circuit.Limits.USUAL.probes().cap();
  private static final Duration FIRST = Circuit.Limits.USUAL.probes().first();

  private final FakeTime time = new FakeTime();
  private final List<AgentEvent> events = new ArrayList<>();
  private final AtomicInteger wakings = new AtomicInteger();
  private Optional<Outage> probed = Optional.of(outage("gone"));
  private int probes;
  private final Circuit circuit = circuit(3);

  private Circuit circuit(long seed) {
    Circuit made =
        new Circuit(
            "vault",
            Circuit.Limits.USUAL,
            () -> {
              probes++;
              return probed;
            },
            time,
            time,
            new SplittableRandom(seed),
            events::add);
    made.onReturn(wakings::incrementAndGet);
    return made;
  }

  @AfterEach
  void noTimerIsLeft() {
    circuit.close();
    assertThat(time.pending()).isZero();
  }

  private static Outage outage(String why) {
    return Outage.of(SecretException.of(Reason.UNAVAILABLE, why));
  }

  private void fails(int times) {
    for (int i = 0; i < times; i++) {
      try (Circuit.Permit permit = circuit.permit()) {
        permit.fails(outage("gone"));
      }
    }
  }

  private void works() {
    try (Circuit.Permit permit = circuit.permit()) {
      permit.works();
    }
  }

  private void doubts(int times) {
    for (int i = 0; i < times; i++) {
      try (Circuit.Permit permit = circuit.permit()) {
        permit.doubts();
      }
    }
  }

  private SecretException refusal() {
    SecretException refusal =
        catchThrowableOfType(SecretException.class, () -> circuit.permit().close());
    assertThat(refusal).as("the circuit is not open").isNotNull();
    return refusal;
  }

  private boolean passes() {
    try (Circuit.Permit permit = circuit.permit()) {
      return true;
    } catch (SecretException open) {
      return false;
    }
  }

  /** Lets time pass until calls pass again. */
  private void halfOpen() {
    probed = Optional.empty();
    time.advance(CAP);
    assertThat(passes()).isTrue();
  }

  @Test
  void opensAfterThreeOutagesInARowAndCallsFailAtOnceWithTheTimeToTheProbe() {
    fails(2);
    assertThat(passes()).isTrue();
    fails(1);
    SecretException refusal = refusal();
    assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(refusal).hasMessage("gone");
    assertThat(refusal.nothingDone()).as("nothing was sent").isTrue();
    assertThat(refusal.retryDelay().orElseThrow()).isBetween(Circuit.SHORTEST, FIRST);
    assertThat(events).hasOnlyElementsOfType(AgentEvent.CircuitOpened.class).hasSize(1);
  }

  @Test
  void aCallThatWorksStartsTheCountAnew() {
    for (int i = 0; i < 10; i++) {
      fails(2);
      works();
    }
    assertThat(passes()).isTrue();
    assertThat(probes).isZero();
  }

  @Test
  void callsThatTellNothingOpenNothing() {
    fails(2);
    for (int i = 0; i < 10; i++) {
      assertThat(passes()).isTrue();
    }
    fails(1);
    assertThat(passes()).isFalse();
  }

  @Test
  void aGoodProbeLetsCallsThroughAndTheFirstThatWorksClosesIt() {
    fails(3);
    halfOpen();
    assertThat(wakings).hasValue(1);
    assertThat(events).as("it is not closed yet").hasSize(1);
    works();
    assertThat(wakings).hasValue(2);
    assertThat(events.getLast()).isInstanceOf(AgentEvent.CircuitClosed.class);
    fails(2);
    assertThat(passes()).as("it counts from the start").isTrue();
    assertThat(time.pending()).isZero();
  }

  @Test
  void aCallThatFailsAfterAGoodProbeOpensItAgainAndTheBackoffGoesOn() {
    fails(3);
    int before = 0;
    for (int round = 0; round < 40; round++) {
      halfOpen();
      fails(1);
      before = probes;
      assertThat(passes()).isFalse();
    }
    Duration asked = Duration.ofSeconds(20);
    for (int step = 0; step < 200; step++) {
      time.advance(asked.dividedBy(200));
      if (passes()) {
        fails(1);
      }
    }
    assertThat(probes - before).as("a probe takes a second in the mean").isBetween(10, 35);
    assertThat(events).as("it is one outage").hasSize(1);
  }

  @Test
  void fewCallsAreTriedUntilOneWorks() {
    fails(3);
    halfOpen();
    List<Circuit.Permit> trials = new ArrayList<>();
    for (int i = 0; i < Circuit.TRIALS; i++) {
      trials.add(circuit.permit());
    }
    assertThat(refusal().nothingDone()).isTrue();
    trials.getFirst().close();
    trials.set(0, circuit.permit());
    assertThat(passes()).isFalse();
    trials.getFirst().works();
    assertThat(passes()).isTrue();
    trials.getLast().fails(outage("late"));
    trials.forEach(Circuit.Permit::close);
    fails(2);
    assertThat(passes()).as("what began before the turn does not count").isTrue();
  }

  @Test
  void whatBeganBeforeItOpenedDecidesNothingAfterwards() {
    Circuit.Permit slow = circuit.permit();
    Circuit.Permit lucky = circuit.permit();
    fails(3);
    lucky.works();
    lucky.close();
    assertThat(passes()).isFalse();
    halfOpen();
    slow.fails(outage("late"));
    slow.close();
    assertThat(passes()).isTrue();
  }

  @Test
  void failuresThatMayBeTheCallsOwnOpenItOnlyIfAProbeFailsToo() {
    probed = Optional.empty();
    doubts(30);
    time.advance(Duration.ofMinutes(1));
    assertThat(probes).isEqualTo(1);
    assertThat(passes()).isTrue();
    assertThat(events).isEmpty();
    probed = Optional.of(outage("sealed"));
    doubts(3);
    assertThat(passes()).as("until the probe is back").isTrue();
    time.advance(Duration.ZERO);
    assertThat(refusal()).hasMessage("sealed");
  }

  @Test
  void anAnswerOfTheManagersOwnAfterAGoodProbeClosesIt() {
    fails(3);
    halfOpen();
    doubts(1);
    assertThat(events.getLast()).isInstanceOf(AgentEvent.CircuitClosed.class);
  }

  @Test
  void theManagersWaitIsKept() {
    try (Circuit.Permit permit = circuit.permit()) {
      permit.fails(new Outage(outage("busy").why(), Duration.ofSeconds(30)));
    }
    fails(1);
    try (Circuit.Permit permit = circuit.permit()) {
      permit.fails(new Outage(outage("busy").why(), Duration.ofSeconds(30)));
    }
    assertThat(refusal().retryDelay()).contains(Duration.ofSeconds(30));
    time.advance(Duration.ofSeconds(29));
    assertThat(probes).isZero();
    probed = Optional.of(new Outage(outage("busy").why(), Duration.ofSeconds(60)));
    time.advance(Duration.ofSeconds(60));
    assertThat(probes).isEqualTo(1);
  }

  @Test
  void itsHealthSaysItsState() {
    assertThat(circuit.health("backend vault")).isEmpty();
    fails(3);
    ComponentHealth open = circuit.health("backend vault").orElseThrow();
    assertThat(open.level()).isEqualTo(ComponentHealth.Level.UNHEALTHY);
    assertThat(open.reason()).contains("circuit is open", "gone");
    halfOpen();
    ComponentHealth half = circuit.health("backend vault").orElseThrow();
    assertThat(half.level()).isEqualTo(ComponentHealth.Level.DEGRADED);
    assertThat(half.reason()).contains("half open");
    works();
    assertThat(circuit.health("backend vault")).isEmpty();
  }

  @Test
  void aProbeThatThrowsIsAProbeThatFails() {
    Circuit throwing =
        new Circuit(
            "vault",
            Circuit.Limits.USUAL,
            () -> {
              probes++;
              throw new IllegalStateException("a fault of ours");
            },
            time,
            time,
            new SplittableRandom(1),
            events::add);
    for (int i = 0; i < 3; i++) {
      try (Circuit.Permit permit = throwing.permit()) {
        permit.fails(outage("gone"));
      }
    }
    time.advance(Duration.ofSeconds(30));
    assertThat(probes).isGreaterThan(10);
    throwing.close();
  }

  @Test
  void moreCallsThanMayBeUnderWayWaitAndLearnAtOnceThatItOpened() throws Exception {
    List<Circuit.Permit> under = new ArrayList<>();
    for (int i = 0; i < Circuit.CALLS; i++) {
      under.add(circuit.permit());
    }
    CountDownLatch refused = new CountDownLatch(1);
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  if (!passes()) {
                    refused.countDown();
                  }
                });
    Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
    under.stream().limit(3).forEach(permit -> permit.fails(outage("gone")));
    under.forEach(Circuit.Permit::close);
    assertThat(waiting.join(Duration.ofSeconds(5))).isTrue();
    assertThat(refused.getCount()).isZero();
    probed = Optional.empty();
    time.advance(CAP);
    works();
    List<Circuit.Permit> all = new ArrayList<>();
    for (int i = 0; i < Circuit.CALLS; i++) {
      all.add(circuit.permit());
    }
    all.forEach(Circuit.Permit::close);
  }

  @Test
  void onceClosedItProbesNoMore() {
    fails(3);
    circuit.close();
    time.advance(Duration.ofMinutes(1));
    assertThat(probes).isZero();
  }
}
