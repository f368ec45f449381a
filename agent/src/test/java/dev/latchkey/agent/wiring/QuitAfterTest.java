package dev.latchkey.agent.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.FakeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the agent ends with another process, over a process table of files. */
class QuitAfterTest {

  private static final Duration UPTIME = Duration.ofHours(10);

  @TempDir private Path proc;
  @TempDir private Path files;
  private final FakeTime time = new FakeTime();
  private final List<String> endings = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private Executor readings = Runnable::run;
  private QuitAfter quitAfter;

  @BeforeEach
  void boot() {
    quitAfter =
        new QuitAfter(
            time,
            time,
            (why, applicationEnded) -> endings.add(applicationEnded ? why : ""),
            proc,
            () -> UPTIME.plusNanos(time.nanoTime()),
            reading -> readings.execute(reading),
            complaints::add);
  }

  @AfterEach
  void close() {
    quitAfter.close();
    assertThat(time.pending()).isZero();
  }

  @Test
  void endsWithinASecondOfTheProcess() throws IOException {
    process(41, "S", UPTIME);
    quitAfter.follow(41);
    time.advance(Duration.ofMinutes(5));
    assertThat(endings).isEmpty();
    Files.delete(proc.resolve("41/stat"));
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).containsExactly("process 41 has ended");
  }

  @Test
  void isNotMistakenWhenTheNumberIsUsedAgain() throws IOException {
    process(41, "S", UPTIME);
    quitAfter.follow(41);
    process(41, "S", UPTIME.plusMillis(10));
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).containsExactly("process 41 has ended");
  }

  @Test
  void takesAProcessThatNobodyCollectedForEnded() throws IOException {
    process(41, "S", UPTIME);
    quitAfter.follow(41);
    process(41, "Z", UPTIME);
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).hasSize(1);
  }

  @Test
  void refusesANumberThatNoProcessHas() {
    assertThatThrownBy(() -> quitAfter.follow(41))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("no process 41");
  }

  @Test
  void waitsForThePidFile() throws IOException {
    Path file = files.resolve("app.pid");
    quitAfter.follow(file);
    time.advance(Duration.ofSeconds(3));
    process(41, "S", UPTIME);
    write(file, "41\n", Duration.ofSeconds(3));
    time.advance(Duration.ofSeconds(3));
    assertThat(endings).isEmpty();
    Files.delete(proc.resolve("41/stat"));
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).hasSize(1);
  }

  @Test
  void endsWhenTheProcessOfANewPidFileIsOverAlready() throws IOException {
    Path file = files.resolve("app.pid");
    write(file, "41\n", Duration.ofMillis(50));
    quitAfter.follow(file);
    assertThat(endings).hasSize(1);
  }

  @Test
  void waitsOutAPidFileThatWasLeftByAnother() throws IOException {
    Path file = files.resolve("app.pid");
    write(file, "41\n", Duration.ofHours(-20));
    quitAfter.follow(file);
    process(41, "S", UPTIME);
    time.advance(Duration.ofSeconds(1));
    Files.delete(proc.resolve("41/stat"));
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).isEmpty();
    process(42, "S", UPTIME);
    write(file, "42\n", Duration.ofSeconds(2));
    time.advance(Duration.ofSeconds(1));
    Files.delete(proc.resolve("42/stat"));
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).containsExactly("process 42 has ended");
  }

  @Test
  void isNotMisledByAHalfWrittenPidFile() throws IOException {
    Path file = files.resolve("app.pid");
    write(file, "", Duration.ofSeconds(1));
    quitAfter.follow(file);
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).isEmpty();
  }

  @Test
  void followsTheWriterOfANewFileHoweverTheClockWasSet() throws IOException {
    Path file = files.resolve("app.pid");
    quitAfter.follow(file);
    time.advance(Duration.ofSeconds(1));
    process(41, "S", UPTIME);
    write(file, "41\n", Duration.ofDays(-20_000));
    time.advance(Duration.ofSeconds(1));
    Files.delete(proc.resolve("41/stat"));
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).containsExactly("process 41 has ended");
    assertThat(complaints).isEmpty();
  }

  @Test
  void endsWhenTheProcessOfAFileThatWasWrittenAfterTheClockWasSetBackIsOver() throws IOException {
    Path file = files.resolve("app.pid");
    time.advance(Duration.ofMinutes(1));
    time.jump(Duration.ofHours(-1));
    time.advance(Duration.ofMinutes(1));
    write(file, "41\n", Duration.ZERO);
    quitAfter.follow(file);
    assertThat(endings).containsExactly("process 41 has ended");
  }

  @Test
  void doesNotEndForAFileOfJustBeforeTheAgent() throws IOException {
    Path file = files.resolve("app.pid");
    write(file, "41\n", Duration.ofSeconds(-1));
    quitAfter.follow(file);
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).isEmpty();
  }

  @Test
  void saysOnceThatAFileOfBeforeIsOlderThanItsProcess() throws IOException {
    Path file = files.resolve("app.pid");
    process(41, "S", UPTIME);
    write(file, "41\n", Duration.ofHours(-1));
    quitAfter.follow(file);
    time.advance(Duration.ofMinutes(1));
    assertThat(endings).isEmpty();
    assertThat(complaints)
        .singleElement()
        .asString()
        .startsWith(file + " is older than the process 41")
        .contains("the clock was set before the agent began");
    write(file, "41\n", Duration.ZERO);
    time.advance(Duration.ofSeconds(1));
    process(41, "Z", UPTIME);
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).as("once it is written again").containsExactly("process 41 has ended");
  }

  @Test
  void saysOnceThatAFileIsRefusedAndFollowsItOnceItIsNot() throws IOException {
    Path file = files.resolve("app.pid");
    Path real = files.resolve("real.pid");
    process(41, "S", UPTIME);
    write(real, "41\n", Duration.ZERO);
    Files.createSymbolicLink(file, real);
    quitAfter.follow(file);
    time.advance(Duration.ofMinutes(1));
    assertThat(complaints)
        .singleElement()
        .asString()
        .startsWith(file + " is no plain file; name the pid file itself");
    Files.move(real, file, StandardCopyOption.REPLACE_EXISTING);
    time.advance(Duration.ofSeconds(1));
    process(41, "Z", UPTIME);
    time.advance(Duration.ofSeconds(1));
    assertThat(endings).hasSize(1);
  }

  @Test
  void isClosedWhileAFileSystemDoesNotAnswer() throws IOException {
    List<Runnable> held = new ArrayList<>();
    readings = held::add;
    Path file = files.resolve("app.pid");
    write(file, "41\n", Duration.ofMillis(50));
    quitAfter.follow(file);
    quitAfter.close();
    held.forEach(Runnable::run);
    assertThat(held).hasSize(1);
    assertThat(endings).isEmpty();
  }

  private void process(long pid, String state, Duration start) throws IOException {
    Path directory = Files.createDirectories(proc.resolve(String.valueOf(pid)));
    Files.writeString(
        directory.resolve("stat"),
        pid + " (a) b)) " + state + " 1".repeat(18) + " " + start.toMillis() / 10 + " 0 0\n");
  }

  private void write(Path file, String text, Duration afterNow) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(time.now().plus(afterNow)));
  }
}
