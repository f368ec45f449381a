package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.cli.command.Verb;
import dev.latchkey.cli.command.Verbs;
import dev.latchkey.cli.outcome.ExitCode;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The help tells everything that can be said. */
class HelpTest {
  private static final Path NOWHERE = Path.of("/nonexistent/agent.sock");

  @Test
  void theHelpListsEveryVerbAndExitCode() {
    Run run = run("--help");
    assertThat(run.code()).isZero();
    for (Verb verb : Verbs.all()) {
      assertThat(run.out()).contains("  " + verb.name() + " ").contains(verb.summary());
    }
    for (ExitCode code : ExitCode.values()) {
      assertThat(run.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
          .contains(code.number() + " " + code.meaning());
    }
    assertThat(run().out()).isEqualTo(run.out());
  }

  @Test
  void theVersionIsTold() {
    for (String word : new String[] {"--version", "-V", "version"}) {
      Run run = run(word);
      assertThat(run.code()).isZero();
      assertThat(run.out()).matches("latchkey \\S+\n");
      assertThat(run.err()).isEmpty();
    }
    assertThat(run("--help").out()).contains("latchkey --version");
  }

  @Test
  void theVersionSaysWhatItDoesAndTakesNothing() {
    Run help = run("version", "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).startsWith("Usage: latchkey version\n").contains("Tells the version");
    Run more = run("--version", "--json");
    assertThat(more.code()).isEqualTo(2);
    assertThat(more.out()).isEmpty();
    assertThat(more.err()).contains("latchkey --version: '--json'?", "takes no options");
  }

  @Test
  void theWordsOfAnOptionAreToldAsTheyAreWritten() {
    Run run = run("exec", "--secret", "a", "--on-change", "never", "--", "true");
    assertThat(run.err()).contains("[nothing, signal, restart]");
  }

  @Test
  void everyVerbHasAHelpOfItsOwn() {
    for (Verb verb : Verbs.all()) {
      if (verb.command() != null) {
        Run run =
            run(Stream.concat(verb.words().stream(), Stream.of("--help")).toArray(String[]::new));
        assertThat(run.code()).as(verb.name()).isZero();
        assertThat(run.out())
            .contains("latchkey " + verb.name(), "--json", "--timeout", "--operator-socket");
        assertThat(run.err()).isEmpty();
      }
    }
  }

  @Test
  void aGroupWithoutAVerbListsItsVerbs() {
    assertThat(run("audit", "--help").out()).contains("audit tail", "audit verify");
    Run bare = run("keyring");
    assertThat(bare.code()).isEqualTo(2);
    assertThat(bare.err()).contains("keyring rotate");
  }

  @Test
  void aVerbOfAnotherProgramSaysWhoServesIt() {
    Run run = run("agent", "--dev");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("bin/latchkey");
  }

  private static Run run(String... arguments) {
    return Run.with(NOWHERE, new byte[0], arguments);
  }
}
