package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The virtual machine ends where it may not use the cache that it was given. */
class TrainedTest {

  private static final List<String> ONLY_WITH_THE_CACHE = List.of("-XX:AOTMode=on");

  @Test
  void theProgramsStartFromTheirCaches() {
    Ran cli = Ran.of(Installation.cli(ONLY_WITH_THE_CACHE, "--help")).ok();
    Ran agent = Ran.of(Installation.agent(ONLY_WITH_THE_CACHE, "", "--help")).ok();
    assertThat(cli.out()).contains("Usage: latchkey");
    assertThat(agent.out()).contains("Usage: latchkey");
  }

  @Test
  void anAgentWithMoreOnItsClassPathDoesToo() {
    Ran.of(Installation.agent(ONLY_WITH_THE_CACHE, HaltAtStep.classPath(), "--help")).ok();
  }
}
