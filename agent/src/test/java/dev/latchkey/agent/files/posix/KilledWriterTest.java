package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that delivers is killed at random moments, again and again in the same directory. */
class KilledWriterTest {

  private static final int KILLS = Boolean.getBoolean("latchkey.soak") ? 200 : 10;
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  @TempDir Path temporary;

  private final SecureRandom random = new SecureRandom();
  private int leftovers;

  @Test
  void aKilledWriterLeavesTheOldOrTheNewAndTheNextWriteCleansUp() throws Exception {
    long number = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      long acknowledged = deliverAndKill(number + 1);
      long file = Deliveries.number(Files.readAllBytes(temporary.resolve("token"))).orElseThrow();
      long set = Deliveries.wholeSet(temporary.resolve("tls").toRealPath()).orElseThrow();
      assertThat(file).isBetween(acknowledged, acknowledged + 1);
      assertThat(set).isBetween(acknowledged, file);
      number = acknowledged + 2;
      assertCleanAfterAWrite(number);
    }
    System.out.printf(
        "%d kills in %d changes: old or new each time; %d left something over, cleaned by the next"
            + " write%n",
        KILLS, number, leftovers);
  }

  /** Answers the last number that was acknowledged. */
  private long deliverAndKill(long from) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Child.command(List.of(), "loop", temporary.toString(), Long.toString(from)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long acknowledged = 0;
    try (BufferedReader out = process.inputReader()) {
      acknowledged = written(out.readLine());
      assertThat(process.waitFor(random.nextLong(LONGEST_NANOS), TimeUnit.NANOSECONDS)).isFalse();
      // By its handle, which leaves its output open: what it still said was written too.
      process.toHandle().destroyForcibly();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        acknowledged = written(line);
      }
    }
    process.waitFor();
    return acknowledged;
  }

  private static long written(String line) {
    assertThat(line).startsWith("written ");
    return Long.parseLong(line.substring("written ".length()));
  }

  private void assertCleanAfterAWrite(long number) throws IOException {
    List<String> before = Deliveries.names(temporary);
    leftovers += before.stream().anyMatch(name -> name.endsWith(".tmp")) || hasUnfinished() ? 1 : 0;
    PosixFileTree tree = Deliveries.tree();
    assertThat(
            tree.write(
                Deliveries.file(temporary.resolve("token")),
                Deliveries.numbered(number).subList(0, 1)))
        .isTrue();
    assertThat(tree.write(Deliveries.set(temporary.resolve("tls")), Deliveries.numbered(number)))
        .isTrue();

    assertThat(Deliveries.wholeSet(temporary.resolve("tls").toRealPath())).contains(number);
    TreeSet<String> names = new TreeSet<>(Deliveries.names(temporary));
    assertThat(names).contains("tls", "token");
    names.removeAll(List.of("tls", "token"));
    assertThat(names).hasSizeLessThanOrEqualTo(3).allMatch(name -> name.matches("\\.tls\\.\\d+"));
    for (String version : names) {
      assertThat(Deliveries.wholeSet(temporary.resolve(version))).as(version).isPresent();
    }
  }

  /** Whether there is a version above the current one. */
  private boolean hasUnfinished() throws IOException {
    long current = version(Files.readSymbolicLink(temporary.resolve("tls")).toString());
    return Deliveries.names(temporary).stream()
        .filter(name -> name.matches("\\.tls\\.\\d+"))
        .anyMatch(name -> version(name) > current);
  }

  private static long version(String name) {
    return Long.parseLong(name.substring(".tls.".length()));
  }
}
