package dev.latchkey.cli.child;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.cli.child.Supervision.OnChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A command whose program cannot be begun when a change begins it again, as while it is replaced.
 */
class BeginAgainTest extends SupervisorStage {
  private final AtomicInteger current = new AtomicInteger(2);
  private Path program;

  @BeforeEach
  void placeProgram() throws IOException {
    program = directory.resolve("program");
    replace(Files.readAllBytes(Path.of("/bin/sh")));
    renewal = () -> version(current.get());
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void isTriedUntilItCanBe(boolean binding, boolean absent) throws Exception {
    Supervisor supervisor = supervisor(binding);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    spoil(absent);
    supervisor.changed("a", "2");
    awaitTriedAgain();
    replace(Files.readAllBytes(Path.of("/bin/sh")));
    awaitLog("begin 2");
    assertThat(log()).isEqualTo("begin 1\nbegin 2\n");
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(143);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isBegunWithTheNewestValuesThen(boolean binding) throws Exception {
    Supervisor supervisor = supervisor(binding);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    spoil(true);
    supervisor.changed("a", "2");
    awaitTriedAgain();
    current.set(3);
    supervisor.changed("a", "3");
    await().atMost(SOON).until(() -> renewals.get() == 2);
    replace(Files.readAllBytes(Path.of("/bin/sh")));
    awaitLog("begin 3");
    supervisor.signalled(Signals.TERM);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(143);
  }

  @ParameterizedTest
  @ValueSource(ints = {Signals.TERM, Signals.INT, Signals.HUP})
  void isNotBegunOnceTheEndIsAskedFor(int signal) throws Exception {
    Supervisor supervisor = supervisor(true);
    CompletableFuture<Integer> code = running(supervisor);
    awaitLog("begin 1");
    spoil(true);
    supervisor.changed("a", "2");
    awaitTriedAgain();
    supervisor.signalled(signal);
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(128 + signal);
    assertThat(log()).isEqualTo("begin 1\n");
  }

  private Supervisor supervisor(boolean binding) {
    bound = binding && ChildCommand.canBind();
    String script =
        "exec > /dev/null 2>&1; echo begin $V >> " + directory + "/log; while :; do :; done";
    return supervisor(
        OnChange.RESTART, ChildCommand.find(bytes(program.toString(), "-c", script), null));
  }

  /** Takes the program away, or has it name a loader that is not there: only a try shows that. */
  private void spoil(boolean absent) throws IOException {
    if (absent) {
      Files.delete(program);
    } else {
      String sound = new String(Files.readAllBytes(Path.of("/bin/sh")), ISO_8859_1);
      assertThat(sound).contains("/ld-linux");
      replace(sound.replace("/ld-linux", "/no-linux").getBytes(ISO_8859_1));
    }
  }

  private void replace(byte[] content) throws IOException {
    Path made = directory.resolve("made");
    Files.write(made, content);
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
    Files.move(made, program, StandardCopyOption.REPLACE_EXISTING);
  }

  private void awaitTriedAgain() {
    await().atMost(SOON).until(() -> said.toString(UTF_8).contains("it is tried again"));
  }
}
