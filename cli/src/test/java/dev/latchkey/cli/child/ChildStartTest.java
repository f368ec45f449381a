package dev.latchkey.cli.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.cli.FirstProcess;
import dev.latchkey.cli.child.Supervision.OnChange;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How real children are begun, and with what their end is told. */
class ChildStartTest extends SupervisorStage {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 42, 126, 127, 128, 129, 130, 137, 143, 255})
  void theExitCodeIsTheChilds(int code) {
    assertThat(supervisor(OnChange.RESTART, "exit " + code).run(version(1))).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 HUP", "2 INT", "3 QUIT", "9 KILL", "15 TERM", "10 USR1"})
  void aChildThatASignalEndsGives128AndItsNumber(String signal) {
    String[] parts = signal.split(" ", -1);
    assertThat(supervisor(OnChange.SIGNAL, "kill -" + parts[1] + " $$").run(version(1)))
        .isEqualTo(128 + Integer.parseInt(parts[0]));
  }

  @Test
  void theChildHasExactlyTheEnvironmentThatIsDelivered() {
    ChildCommand copy =
        ChildCommand.find(bytes("cp", "/proc/self/environ", directory + "/log"), null);
    assertThat(supervisor(OnChange.RESTART, copy).run(version(7))).isZero();
    assertThat(log()).isEqualTo("V=7\0");
  }

  @Test
  void theChildHasNoDescriptorOfThisProcessAndNoSignalBlocked() {
    supervisor(OnChange.RESTART, "ls /proc/self/fd > log; grep SigBlk /proc/self/status >> log")
        .run(version(1));
    // The fourth is that of the listing itself.
    assertThat(log().lines()).containsExactly("0", "1", "2", "3", "SigBlk:\t0000000000000000");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTextWithoutAnInterpretersLineIsTheShellsWithOrWithoutABindingProgram(boolean binding)
      throws IOException {
    bound = binding;
    ChildCommand text = ChildCommand.find(bytes(file("echo $V-$1 >> %s/log; exit 7"), "é"), null);
    assertThat(supervisor(OnChange.RESTART, text).run(version(1))).isEqualTo(7);
    assertThat(log()).isEqualTo("1-é\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMissingInterpreterIsToldInTheSameWayWithOrWithoutABindingProgram(boolean binding)
      throws IOException {
    bound = binding;
    ChildCommand broken = ChildCommand.find(bytes(file("#! /no/interpreter -x\n")), null);
    assertThatThrownBy(() -> supervisor(OnChange.RESTART, broken).run(version(1)))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_EXECUTABLE))
        .hasMessageContaining("interpreter");
  }

  @Test
  void aSignalThatComesJustBeforeTheCommandTakesOverIsNotLost() throws Exception {
    assertThat(exit(List.of(), Succession.class)).isEqualTo(143);
  }

  /** To the first process of a container the system itself does nothing at such a signal. */
  @Test
  void aSignalToTheFirstProcessOfAContainerIsNotLostEither() throws Exception {
    FirstProcess.require();
    assertThat(exit(FirstProcess.NAMESPACE, LateSignal.class)).isEqualTo(Signals.TERM);
    assertThat(exit(List.of(), LateSignal.class)).isEqualTo(143);
  }

  private static int exit(List<String> prefix, Class<?> program) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            "env",
            "--default-signal",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            program.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /** A process that is sent TERM and becomes another program at once. */
  static final class Succession {
    private Succession() {}

    public static void main(String[] arguments) {
      ChildCommand next = ChildCommand.find(bytes("sh", "-c", "exit 3"), null);
      Posix.kill((int) ProcessHandle.current().pid(), Signals.TERM);
      throw next.become(List.of());
    }
  }

  /** A process that is sent TERM after it gave the signals back. */
  static final class LateSignal {
    private LateSignal() {}

    public static void main(String[] arguments) {
      ChildCommand next = ChildCommand.find(bytes("sh", "-c", "exit 3"), null);
      Signals.letGo();
      Posix.kill((int) ProcessHandle.current().pid(), Signals.TERM);
      throw next.become(List.of());
    }
  }

  @Test
  void whatIsNoProgramIsToldAsAShellWould() throws IOException {
    Path script = Files.writeString(directory.resolve("script"), "#!/no/interpreter\n");
    Files.setPosixFilePermissions(
        script, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    assertThatThrownBy(() -> ChildCommand.find(bytes("no-such-thing"), null))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_COMMAND));
    for (String word : List.of("/etc/passwd", "/etc", "/etc/passwd/x")) {
      assertThatThrownBy(() -> ChildCommand.find(bytes(word), null))
          .as(word)
          .isInstanceOf(CommandFailure.class);
    }
    ChildCommand broken = ChildCommand.find(bytes(script.toString()), null);
    assertThatThrownBy(() -> broken.start(List.of(), false, Foreground.ofProcess()))
        .isInstanceOfSatisfying(
            CommandFailure.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_EXECUTABLE);
              assertThat(e.what()).contains("interpreter");
            });
  }
}
