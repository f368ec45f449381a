package dev.latchkey.agent.reload.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.inject.ReloadFailed;
import dev.latchkey.agent.time.TimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandReloadTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final ProcessReloader reloader = new ProcessReloader(TimeSource.system(), 0);

  private boolean run(Duration timeout, String... argv) {
    return reloader.reload(new Reload.Command(List.of(argv), timeout));
  }

  private boolean shell(String script) {
    return run(LONG, "/bin/sh", "-c", script, directory.toString());
  }

  private String file(String name) throws Exception {
    return Files.readString(directory.resolve(name));
  }

  @Test
  void aCommandGetsItsArgumentsAsTheyAreAndNoShell() throws Exception {
    assertThat(
            run(
                LONG,
                "/bin/sh",
                "-c",
                "printf '%s|' \"$@\" > \"$0/args\"",
                directory.toString(),
                "a b",
                "$HOME",
                "*",
                ""))
        .isTrue();
    assertThat(file("args")).isEqualTo("a b|$HOME|*||");
  }

  @Test
  void itsEnvironmentIsAPathAloneAndNothingOfOursIsOpen() throws Exception {
    try (var open = Files.newByteChannel(Files.createFile(directory.resolve("held")))) {
      assertThat(
              shell(
                  "tr '\\0' '\\n"
                      + "' < /proc/self/environ > \"$0/env\"; ls -l /proc/$$/fd > \"$0/fds\";"
                      + " readlink /proc/$$/fd/0 /proc/$$/fd/2 > \"$0/std\""))
          .isTrue();
      assertThat(open.isOpen()).isTrue();
    }
    assertThat(file("env").lines().filter(line -> !line.startsWith("PWD=")))
        .containsExactly("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    assertThat(file("std")).isEqualTo("/dev/null\n/dev/null\n");
    assertThat(file("fds").lines().filter(line -> line.contains("->")).toList())
        .allSatisfy(line -> assertThat(line).containsAnyOf("/dev/null", directory.toString()))
        .noneSatisfy(line -> assertThat(line).contains("held"));
  }

  @Test
  void itsSignalsAreAtTheirDefaultsAndNoneIsBlocked() throws Exception {
    assertThat(shell("grep -E 'SigBlk|SigIgn' /proc/self/status > \"$0/signals\"")).isTrue();
    assertThat(
            file("signals")
                .lines()
                .map(
                    line ->
                        line.replaceAll("\\s+", " ")
                            .replace("0000000000000000", "0")
                            .replace("0000000180000000", "0")))
        .as("but for two of the C library's own, 32 and 33")
        .containsExactly("SigBlk: 0", "SigIgn: 0");
  }

  @Test
  void howItFailedIsSaidAndNothingThatItPrinted() {
    assertThatThrownBy(() -> shell("echo out-secret; echo err-secret >&2; exit 3"))
        .isInstanceOf(ReloadFailed.class)
        .hasMessage("/bin/sh ended with code 3; its output is not kept, run it by hand");
    assertThatThrownBy(() -> shell("kill -USR1 $$")).hasMessage("/bin/sh was ended by signal 10");
    assertThatThrownBy(() -> run(LONG, "/no/such/program"))
        .hasMessage("/no/such/program does not exist");
    assertThatThrownBy(() -> run(LONG, directory.toString()))
        .hasMessage(directory + " may not be run by the agent's user");
  }

  @Test
  void muchOutputBlocksNothing() {
    assertThat(shell("head -c 10000000 /dev/zero; head -c 10000000 /dev/zero >&2")).isTrue();
  }

  @Test
  void oneThatTakesTooLongIsKilledWithAllThatItStarted() throws Exception {
    String script =
        "trap '' TERM; sh -c 'trap \"\" TERM HUP; while :; do sleep 1; done' & echo $! >"
            + " \"$0/child\"; while :; do sleep 1; done";
    assertThatThrownBy(
            () -> run(Duration.ofMillis(700), "/bin/sh", "-c", script, directory.toString()))
        .hasMessage("/bin/sh took longer than PT0.7S and was killed with its group");
    long child = Long.parseLong(file("child").strip());
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !isRunning(child));
  }

  @Test
  void oneThatCannotBeHeldIsKilledAndCollected() throws Exception {
    List<Long> begun = new ArrayList<>();
    CommandReload commands =
        new CommandReload(
            TimeSource.system(),
            pid -> {
              begun.add(pid);
              throw new ReloadFailed("it cannot be held");
            },
            group -> Libc.killGroup(group, Signals.KILL));
    assertThatThrownBy(() -> commands.run(new Reload.Command(List.of("/bin/sleep", "600"), LONG)))
        .hasMessage("it cannot be held");
    assertThat(begun).hasSize(1);
    assertThat(Path.of("/proc/" + begun.getFirst())).doesNotExist();
  }

  /** As one of another user, by sudo, or one that waits for a device that does not answer. */
  @Test
  void oneThatCannotBeKilledKeepsNobodyWaitingAndIsNotBegunTwice() throws Exception {
    List<Integer> spared = new ArrayList<>();
    CommandReload commands = new CommandReload(TimeSource.system(), PinnedProcess::of, spared::add);
    Reload.Command stuck =
        command(Duration.ofSeconds(2), "echo $$ >> \"$0/pids\"; test -e \"$0/over\" || sleep 600");
    Reload.Command other = command(LONG, "true");
    CompletableFuture<Boolean> told = CompletableFuture.supplyAsync(() -> commands.run(stuck));
    try {
      assertThatThrownBy(() -> told.get(LONG.toSeconds(), TimeUnit.SECONDS))
          .rootCause()
          .hasMessage(
              "/bin/sh took longer than PT2S and could not be killed: it is another user's, or"
                  + " waits for a device");
      assertThatThrownBy(() -> commands.run(stuck))
          .hasMessage(
              "/bin/sh still runs, since it could not be killed; it is not begun again before");
      assertThat(commands.run(other)).isTrue();
      assertThat(spared).hasSize(1);
      assertThat(file("pids")).isEqualTo(spared.getFirst() + "\n");
    } finally {
      spared.forEach(group -> Libc.killGroup(group, Signals.KILL));
    }
    Awaitility.await().atMost(LONG).until(() -> !isRunning(spared.getFirst()));
    assertThat(commands.run(other)).isTrue();
    assertThat(Path.of("/proc/" + spared.getFirst())).doesNotExist();
    Files.writeString(directory.resolve("over"), "");
    assertThat(commands.run(stuck)).as("begun again").isTrue();
  }

  private Reload.Command command(Duration timeout, String script) {
    return new Reload.Command(List.of("/bin/sh", "-c", script, directory.toString()), timeout);
  }

  private static boolean isRunning(long pid) throws Exception {
    Path stat = Path.of("/proc/" + pid + "/stat");
    try (Stream<String> lines = Files.lines(stat)) {
      return lines.noneMatch(line -> line.contains(") Z"));
    } catch (java.nio.file.NoSuchFileException | java.io.UncheckedIOException gone) {
      return false;
    }
  }

  @Test
  void whatRunsIsEndedWithItsGroupWhenTheAgentEndsAndNothingIsBegunAfterwards() throws Exception {
    CompletableFuture<Boolean> running =
        CompletableFuture.supplyAsync(() -> shell("sleep 60 & echo $! > \"$0/child\"; wait"));
    Path child = directory.resolve("child");
    Awaitility.await().atMost(LONG).until(() -> Files.exists(child) && Files.size(child) > 0);
    reloader.abort();
    assertThatThrownBy(running::join).hasRootCauseInstanceOf(ReloadFailed.class);
    long pid = Long.parseLong(file("child").strip());
    Awaitility.await()
        .atMost(LONG)
        .until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    assertThatThrownBy(() -> shell("sleep 60")).isInstanceOf(ReloadFailed.class);
  }
}
