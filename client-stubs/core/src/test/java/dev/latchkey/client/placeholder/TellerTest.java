package dev.latchkey.client.placeholder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.client.CapturedLog;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TellerTest {

  private final FakeLater later = new FakeLater();
  private final List<String> done = new ArrayList<>();
  private final Map<String, RuntimeException> failing = new LinkedHashMap<>();
  private @Nullable LatchkeyException unreadable;

  private Step step(String name) {
    return Step.of(name, secrets -> act(name, secrets.toString()));
  }

  private void act(String name, String secrets) {
    done.add(name + secrets);
    RuntimeException failure = failing.get(name);
    if (failure != null) {
      throw failure;
    }
  }

  private Teller teller(Step... steps) {
    return new Teller(
        List.of(steps),
        () -> PropertyTexts.of(Map.of("mail.password", "${latchkey:a#p}"), name -> false),
        wanted -> Optional.ofNullable(unreadable),
        later);
  }

  private List<String> taken() {
    List<String> taken = List.copyOf(done);
    done.clear();
    return taken;
  }

  @Test
  void stepsAreDoneInTheirOrderAndOnce() {
    Teller teller = teller(step("set"), step("tell"));
    teller.changed(Set.of("a"));
    later.pass(Duration.ofDays(1));
    assertThat(taken()).containsExactly("set[a]", "tell[a]");
  }

  @Test
  void aStepThatFailsHindersNoOtherAndIsDoneAgainWithThoseBehindIt() {
    failing.put("set", new IllegalStateException());
    Teller teller = teller(step("first"), step("set"), step("tell"));
    teller.changed(Set.of("a"));
    later.pass(Duration.ZERO);
    assertThat(taken()).containsExactly("first[a]", "set[a]", "tell[a]");
    later.pass(Duration.ofMillis(500));
    assertThat(taken()).containsExactly("set[a]");
    failing.clear();
    later.pass(Duration.ofSeconds(1));
    assertThat(taken()).containsExactly("set[a]", "tell[a]");
    later.pass(Duration.ofDays(1));
    assertThat(taken()).isEmpty();
  }

  @Test
  void theWaitDoublesUpToABoundAndAChangeStartsItAnew() {
    failing.put("set", new IllegalStateException());
    Teller teller = teller(step("set"));
    teller.changed(Set.of("a"));
    later.pass(Duration.ofSeconds(1));
    assertThat(taken()).as("at 0 and 0.5 s").hasSize(2);
    later.pass(Duration.ofMinutes(2));
    assertThat(taken()).as("up to 2 min").hasSizeBetween(7, 10);
    later.pass(Duration.ofMinutes(10));
    assertThat(taken()).as("every 30 s").hasSize(20);
    teller.changed(Set.of("a"));
    later.pass(Duration.ofMillis(500));
    assertThat(taken()).hasSize(2);
  }

  @Test
  void whatNeedsAllIsPutOffUntilAllCanBeReadAndTheRestIsNot() {
    unreadable = new LatchkeyException(Reason.UNAVAILABLE, "b is away");
    Teller teller = teller(step("set").needingAll(), step("tell"));
    teller.changed(Set.of("a"));
    later.pass(Duration.ofMinutes(5));
    assertThat(taken()).containsExactly("tell[a]");
    unreadable = null;
    teller.news();
    later.pass(Duration.ZERO);
    assertThat(taken()).containsExactly("set[a]", "tell[a]");
    teller.news();
    later.pass(Duration.ofDays(1));
    assertThat(taken()).isEmpty();
  }

  @Test
  void eachSecretOfOneThatTakesThemOneByOneStandsForItself() {
    failing.put("tella", new IllegalStateException());
    Teller teller = teller(Step.forEach("tell", secret -> act("tell" + secret, "")));
    teller.changed(Set.of("a", "b"));
    later.pass(Duration.ZERO);
    assertThat(new TreeSet<>(taken())).containsExactly("tella", "tellb");
    failing.clear();
    later.pass(Duration.ofDays(1));
    assertThat(taken()).containsExactly("tella");
  }

  @Test
  void aStepThatComesLaterIsDoneOnceAfterTheOneBeforeAndTriedAgainToo() {
    Teller teller = teller(step("set"), step("again").after(Duration.ofSeconds(1)), step("behind"));
    teller.changed(Set.of("a"));
    later.pass(Duration.ofMillis(999));
    assertThat(taken()).containsExactly("set[a]");
    failing.put("again", new IllegalStateException());
    later.pass(Duration.ofMillis(1));
    assertThat(taken()).containsExactly("again[a]");
    failing.clear();
    later.pass(Duration.ofDays(1));
    assertThat(taken()).containsExactly("again[a]", "behind[a]");
  }

  @Test
  void aStepThatIsDoneOnceIsNotTriedAgainAndKeepsNothingBehindItBack() {
    failing.put("tell", new IllegalStateException());
    failing.put("set", new IllegalStateException());
    Teller teller =
        teller(step("tell").once(), step("again").after(Duration.ofSeconds(1)), step("set"));
    try (CapturedLog log = CapturedLog.of(Teller.class.getName())) {
      teller.changed(Set.of("a"));
      later.pass(Duration.ofSeconds(1));
      assertThat(taken()).containsExactly("tell[a]", "again[a]", "set[a]");
      assertThat(log.text()).contains("to tell failed: java.lang.IllegalStateException");
    }
    later.pass(Duration.ofMinutes(10));
    assertThat(taken()).containsOnly("set[a]").hasSizeGreaterThan(20);
    failing.clear();
    later.pass(Duration.ofMinutes(10));
    assertThat(taken()).containsExactly("set[a]");
    teller.changed(Set.of("a"));
    later.pass(Duration.ofDays(1));
    assertThat(taken()).containsExactly("tell[a]", "again[a]", "set[a]");
  }

  @Test
  void aStepThatIsDoneOnceIsPutOffUntilAllCanBeRead() {
    unreadable = new LatchkeyException(Reason.UNAVAILABLE, "b is away");
    failing.put("tell", new IllegalStateException());
    Teller teller = teller(step("tell").needingAll().once());
    teller.changed(Set.of("a"));
    later.pass(Duration.ofMinutes(5));
    assertThat(taken()).isEmpty();
    unreadable = null;
    later.pass(Duration.ofDays(1));
    assertThat(taken()).containsExactly("tell[a]");
  }

  @Test
  void aChangeWhileAStepIsDoneHasItDoneAgain() {
    Teller[] self = new Teller[1];
    Step once =
        Step.of(
            "set",
            secrets -> {
              done.add("set");
              if (done.size() == 1) {
                self[0].changed(Set.of("a"));
              }
            });
    self[0] = teller(once);
    self[0].changed(Set.of("a"));
    later.pass(Duration.ofDays(1));
    assertThat(taken()).containsExactly("set", "set");
  }

  @Test
  void nothingIsDoneAfterTheEnd() {
    failing.put("set", new IllegalStateException());
    Teller teller = teller(step("set"));
    teller.changed(Set.of("a"));
    later.pass(Duration.ZERO);
    assertThat(taken()).hasSize(1);
    teller.close();
    later.pass(Duration.ofDays(1));
    assertThat(taken()).isEmpty();
  }

  @Test
  void whatIsLoggedNamesClassesAndPropertiesAndNoValue() {
    failing.put(
        "set",
        new IllegalStateException(
            "cannot bind [hunter2-marker]", new NumberFormatException("hunter2-marker")));
    try (CapturedLog log = CapturedLog.of(Teller.class.getName())) {
      teller(step("set")).changed(Set.of("orders-db", "a"));
      later.pass(Duration.ofMinutes(1));
      assertThat(log.text())
          .contains("IllegalStateException, caused by java.lang.NumberFormatException")
          .contains("mail.password")
          .doesNotContain("hunter2-marker");
      assertThat(log.lines()).as("said once").hasSize(1);
      failing.clear();
      later.pass(Duration.ofMinutes(1));
      assertThat(log.lines()).as("and that it was done after all").hasSize(2);
    }
  }
}
