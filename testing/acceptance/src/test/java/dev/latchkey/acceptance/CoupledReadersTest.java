package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that open the three files of a set path by path while it changes: one that reads when a
 * signal tells it to, and is given the time for that by {@code settle}; and two controls, one that
 * reads whenever it likes, and one that is told but not given the time.
 */
class CoupledReadersTest {

  private static final boolean SOAK = Boolean.getBoolean("latchkey.soak");
  private static final int TOLD = SOAK ? 1_500 : 10;
  private static final String SETTLE = SOAK ? "200ms" : "300ms";
  private static final int CHANGES_EACH = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** For how long the set is changed at most, until each reader has shown what it is to show. */
  private static final Duration LONGEST = Duration.ofMinutes(SOAK ? 40 : 4);

  /**
   * Takes the set and its pid file; prints what the three paths held, whenever it is told, until
   * its input ends.
   */
  private static final String WHEN_TOLD =
      """
      trap 'echo "$(cat "$1/a") $(cat "$1/b") $(cat "$1/c")"' HUP
      exec 3<&0
      cat <&3 > /dev/null &
      echo $$ > "$2"
      until wait $! || [ $? = 127 ]; do :; done
      """;

  /** Takes the set; reads it without end, until it saw three mixes, and tells how many reads. */
  private static final String UNCOUPLED =
      """
      reads=0 mixes=0
      while [ $mixes -lt 3 ]; do
        read -r a < "$1/a" && read -r b < "$1/b" && read -r c < "$1/c" || continue
        reads=$((reads + 1))
        [ "$a$a" = "$b$c" ] || mixes=$((mixes + 1))
      done
      echo "$mixes of $reads"
      """;

  @TempDir Path directory;

  private final List<Process> started = new ArrayList<>();
  private int number;

  @AfterEach
  void end() throws InterruptedException {
    started.forEach(Process::destroy);
    for (Process process : started) {
      boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("%s ends when it is told to", process.info()).isTrue();
    }
  }

  private Path place() {
    return directory.resolve("agent/delivered");
  }

  private String declared() {
    return """
    mounts: [ { prefix: "" } ]
    files:
      settled:
        path: %1$s/settled
        secret: three
        settle: %2$s
        set: { a: { newline: true }, b: { newline: true }, c: { newline: true } }
        reload: { signal: HUP, pid_file: %1$s/coupled.pid }
      hasty:
        path: %1$s/hasty
        secret: three
        settle: 0s
        set: { a: { newline: true }, b: { newline: true }, c: { newline: true } }
        reload: { signal: HUP, pid_file: %1$s/hasty.pid }
    """
        .formatted(place(), SETTLE);
  }

  private Process reader(String name, String program, String set) throws IOException {
    Process process =
        new ProcessBuilder(
                "env",
                "--default-signal",
                "sh",
                "-c",
                program,
                name,
                place().resolve(set).toString(),
                place().resolve(name + ".pid").toString())
            .redirectOutput(out(name).toFile())
            .redirectError(directory.resolve(name + ".err").toFile())
            .start();
    started.add(process);
    return process;
  }

  private Path out(String name) {
    return directory.resolve(name + ".out");
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(out(name));
  }

  private boolean isThere(String pidFile) throws IOException {
    Path file = place().resolve(pidFile);
    return Files.exists(file) && Files.readString(file).endsWith("\n");
  }

  private void put(Operator operator) {
    operator.put("three", "number", Integer.toString(++number));
  }

  /** Changes the set again and again, until the reader was told once more. */
  private void changeUntilTold(Operator operator) throws IOException {
    int told = lines("coupled").size();
    for (int i = 0; i < CHANGES_EACH; i++) {
      put(operator);
    }
    await("the reader to be told")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> lines("coupled").size() > told);
  }

  @Test
  void whoReadsPathByPathWhenToldMixesNothingAndTheControlsDo() throws Exception {
    Files.createDirectories(place());
    Process uncoupled;
    try (RunningAgent agent =
            RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(declared()));
        Operator operator = new Operator(agent)) {
      put(operator);
      for (String first : List.of("settled/a", "hasty/a")) {
        await(first + " to be written")
            .atMost(PATIENCE)
            .until(() -> Files.exists(place().resolve(first)));
      }
      reader("coupled", WHEN_TOLD, "settled");
      reader("hasty", WHEN_TOLD, "hasty");
      uncoupled = reader("uncoupled", UNCOUPLED, "settled");
      await("the readers to write their numbers")
          .atMost(PATIENCE)
          .until(() -> isThere("coupled.pid") && isThere("hasty.pid"));

      Instant latest = Instant.now().plus(LONGEST);
      while (lines("coupled").size() < TOLD || uncoupled.isAlive() || mixed("hasty") == 0) {
        assertThat(Instant.now()).as(() -> "in time, but " + shown(uncoupled)).isBefore(latest);
        changeUntilTold(operator);
      }
      String last = number + " " + number + " " + number;
      await("the reader to be told of " + last)
          .atMost(PATIENCE)
          .until(() -> lines("coupled").getLast().equals(last));
    }
    System.out.printf(
        "path by path, %d changes: told and given %s, %d of %d reads mixed; told and given no time,"
            + " %d of %d; not told, %s%n",
        number,
        SETTLE,
        mixed("coupled"),
        lines("coupled").size(),
        mixed("hasty"),
        lines("hasty").size(),
        lines("uncoupled").getLast());
    assertThat(lines("coupled"))
        .hasSizeGreaterThanOrEqualTo(TOLD)
        .allSatisfy(line -> assertThat(line).matches("(\\d+) \\1 \\1"));
    assertThat(mixed("hasty")).as("control: told, but given no time").isPositive();
    assertThat(uncoupled.exitValue()).as("control: not told, saw three mixes").isZero();
  }

  /** How far the readers are. */
  private String shown(Process uncoupled) {
    try {
      return "told and given time: %d of %d; told and given no time: %d mixes; not told: %s; %s"
          .formatted(
              lines("coupled").size(),
              TOLD,
              mixed("hasty"),
              uncoupled.isAlive() ? "not yet three mixes" : "three mixes",
              complaints());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String complaints() throws IOException {
    StringBuilder all = new StringBuilder("complaints:");
    for (String name : List.of("coupled", "hasty", "uncoupled")) {
      all.append(' ').append(Files.readString(directory.resolve(name + ".err")));
    }
    return all.toString();
  }

  private long mixed(String name) throws IOException {
    return lines(name).stream().filter(line -> !line.matches("(\\d+) \\1 \\1")).count();
  }
}
