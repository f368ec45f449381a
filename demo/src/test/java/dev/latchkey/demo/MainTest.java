package dev.latchkey.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;

class MainTest {

  @Test
  void rotatesTwentyTimesOnEightThreadsUnlessToldOtherwise() {
    assertThat(parse())
        .isEqualTo(
            new DemoOptions(BackendChoice.LOCAL, 20, Duration.ZERO, 8, 8, false, true, false));
  }

  @Test
  void rotatesOnceWithoutTheSwapUnlessToldOtherwise() {
    assertThat(parse("--without-swap").rotations()).isEqualTo(1);
    assertThat(parse("--without-swap", "--rotations=2").rotations()).isEqualTo(2);
  }

  @Test
  void takesEveryOption() {
    assertThat(
            parse(
                "--backend=vault",
                "--rotations=3",
                "--duration",
                "2m",
                "--threads",
                "12",
                "--pool",
                "10",
                "--json",
                "--without-swap",
                "--keep"))
        .isEqualTo(
            new DemoOptions(
                BackendChoice.VAULT, 3, Duration.ofMinutes(2), 12, 10, true, false, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rotations=0",
        "--threads=0",
        "--pool=0",
        "--pool=9",
        "--duration=-PT1S",
        "--duration=soon",
        "--rotations=many",
        "--backend=elsewhere",
        "--unknown",
        "word"
      })
  void refusesWhatItCannotDo(String argument) {
    assertThatThrownBy(() -> parse(argument)).isInstanceOf(ParameterException.class);
  }

  @Test
  void namesTheBackendsAsTheyAreWritten() {
    assertThatThrownBy(() -> parse("--backend=elsewhere")).hasMessageContaining("[local, vault]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"90s", "90S", "PT1M30S", "90000ms"})
  void readsADurationInEitherForm(String text) {
    assertThat(new DurationText().convert(text)).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void aRunThatCouldNotStartIsNoFailedCheck() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(err, true, StandardCharsets.UTF_8);
    assertThat(Demo.notRun(new IOException("the agent did not start"), to)).isEqualTo(4);
    assertThat(Demo.notRun(new IllegalStateException(), to)).isEqualTo(4);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "demo: it could not be run to its end, so it shows nothing: the agent did not start",
            "demo: it could not be run to its end, so it shows nothing: IllegalStateException");
    assertThat(Main.commandLine(new Main()).getUsageMessage()).contains("4 a part");
  }

  private static DemoOptions parse(String... arguments) {
    Main main = new Main();
    Main.commandLine(main).parseArgs(arguments);
    return main.options();
  }
}
