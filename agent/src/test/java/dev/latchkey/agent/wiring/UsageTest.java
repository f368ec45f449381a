package dev.latchkey.agent.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UsageTest {

  @Test
  void eachCommandIsToldOfAlone() {
    assertThat(Usage.of(List.of("agent", "--help")))
        .startsWith("Usage: latchkey agent ")
        .contains("--quit-after PID")
        .doesNotContain("--json", "--check");
    assertThat(Usage.of(List.of("validate", "--help")))
        .startsWith("Usage: latchkey validate ")
        .doesNotContain("--quit-after", "--check", "agent may run");
    assertThat(Usage.of(List.of("--json", "render")))
        .startsWith("Usage: latchkey render --check ")
        .doesNotContain("--quit-after", "embedded");
    assertThat(Usage.of(List.of("state", "restore", "-h")))
        .startsWith("Usage: latchkey state restore BACKUP ")
        .contains("No agent may run")
        .doesNotContain("--check", "--offline");
  }

  @Test
  void whatARunningAgentDoesItselfIsNotForbiddenBesideIt() {
    for (String command : List.of("state backup", "audit verify")) {
      assertThat(Usage.of(List.of(command.split(" ", -1))))
          .startsWith("Usage: latchkey " + command)
          .contains("itself: give neither --config nor --dev nor", "--offline then")
          .doesNotContain("may run");
    }
  }

  @Test
  void theValueOfAnOptionIsNotTakenForTheCommand() {
    assertThat(Usage.of(List.of("--config", "latchkey.yml", "agent", "--help")))
        .startsWith("Usage: latchkey agent ");
    assertThat(Usage.of(List.of("--quit-after", "7", "state", "--config", "f", "backup", "-h")))
        .startsWith("Usage: latchkey state backup ");
    assertThat(Usage.of(List.of("validate", "--config"))).startsWith("Usage: latchkey validate ");
  }

  @Test
  void wordsThatNameNoCommandAreAnsweredWithAll() {
    for (String word : List.of("nonsense", "state", "--help")) {
      assertThat(Usage.of(List.of(word))).contains("render --check", "state restore", "--help");
    }
  }
}
