package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The virtual machine ends where it may not use the cache that it was given. */
class TrainedTest {

  private static final List<String> ONLY_WITH_THE_CACHE =
      List.of("-XX:AOTMode=on", "-Xlog:class+load");

  @Test
  void theProgramsStartFromTheirCaches() {
    Ran cli = Ran.of(Installation.cli(ONLY_WITH_THE_CACHE, "--help")).ok();
    assertThat(cli.out()).contains("Usage: latchkey").containsPattern(cached("cli.Program"));
    theAgentStartsFromItsCache("");
  }

  @Test
  void anAgentWithMoreOnItsClassPathDoesToo() {
    theAgentStartsFromItsCache(HaltAtStep.classPath());
  }

  private static void theAgentStartsFromItsCache(String more) {
    Ran agent = Ran.of(Installation.agent(ONLY_WITH_THE_CACHE, more, "--help")).ok();
    assertThat(agent.out())
        .contains("Usage: latchkey")
        .containsPattern(cached("agent.wiring.Main"))
        .containsPattern("io\\.micronaut\\.\\S+ source: shared objects file");
  }

  /** What the virtual machine says of a class that it took from there. */
  private static String cached(String name) {
    return "dev\\.latchkey\\." + name.replace(".", "\\.") + " source: shared objects file";
  }
}
