package dev.latchkey.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.demo.report.ApplicationEvent;
import dev.latchkey.demo.report.Board;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
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
  void saysInTwoLinesWhatIsWrong() {
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine(new Main()).setErr(new PrintWriter(err, true));
    assertThat(command.execute("--rotations=many")).isEqualTo(2);
    assertThat(err.toString().lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("latchkey demo: ")
        .contains("--rotations", "many");
    assertThat(err.toString()).contains("latchkey demo --help");
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
  void whatFailsUnderLoadIsAFailureAndBeforeItShowsNothing() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Observations observations = new Observations();
    Demo demo =
        new Demo(
            parse("--pool=1"),
            new RotatedScene(),
            new Patience(InstantSource.system()),
            new Board(err, false),
            InstantSource.system(),
            observations);
    assertThat(demo.failed(new IOException("the agent did not start"), err)).isEqualTo(4);
    assertThat(demo.failed(new IllegalStateException(), err)).isEqualTo(4);

    observations.take(new ApplicationEvent.Login(Instant.EPOCH, "orders_a", 7));
    assertThat(demo.firstLogins()).isEqualTo(1);
    assertThat(demo.failed(new IllegalStateException("the rotation did not publish"), err))
        .isEqualTo(1);
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "demo: the load could not begin, so this run shows nothing: the agent did not start",
            "demo: the load could not begin, so this run shows nothing: IllegalStateException",
            "demo: failed under load: the rotation did not publish");
    assertThat(Main.commandLine(new Main()).getUsageMessage()).contains("4 a part", "under load");
  }

  private static DemoOptions parse(String... arguments) {
    Main main = new Main();
    Main.commandLine(main).parseArgs(arguments);
    return main.options();
  }
}
