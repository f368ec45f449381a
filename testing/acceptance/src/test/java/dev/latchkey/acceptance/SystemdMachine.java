package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A machine that systemd runs, in namespaces of its own over the files of this one: the agent lies
 * in {@code /opt/latchkey}, the checkout's {@code deploy} in the directory of each command. What is
 * written there is in memory and ends with it.
 */
final class SystemdMachine implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final Process outside;
  private final long first;

  private SystemdMachine(Process outside, long first) {
    this.outside = outside;
    this.first = first;
  }

  /** Starts it, as root; empty where there is no systemd, or the kernel does not allow it. */
  static Optional<SystemdMachine> boot(Path directory) throws IOException {
    ImageContent.layOutWithoutCaches(directory.resolve("opt"));
    Path src = Files.createDirectories(directory.resolve("src"));
    Path deploy = Installation.root().resolve("deploy");
    Ran.of(List.of("cp", "-R", deploy.toString(), src.toString())).ok();
    Ran.of(List.of("chmod", "-R", "u=rwX,go=rX", src.toString())).ok();
    Path script = Installation.root().resolve("testing/acceptance/src/test/resources");
    Process outside =
        new ProcessBuilder(
                "sh", script.resolve("systemd-machine.sh").toString(), directory.toString())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("machine.log").toFile())
            .start();
    Awaitility.await("systemd to run, or to be impossible here")
        .atMost(SOON)
        .until(() -> !outside.isAlive() || isRunning(outside));
    return systemd(outside).map(pid -> new SystemdMachine(outside, pid));
  }

  private static boolean isRunning(Process outside) {
    return systemd(outside)
        .map(pid -> inside(pid, "systemctl is-system-running").out().strip().equals("running"))
        .orElse(false);
  }

  /** The first process of the machine. */
  private static Optional<Long> systemd(Process outside) {
    return outside.descendants().map(ProcessHandle::pid).filter(SystemdMachine::is).findFirst();
  }

  private static boolean is(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals("systemd");
    } catch (IOException gone) {
      return false;
    }
  }

  /** Runs a command line of a shell, as root. */
  Ran run(String script) {
    return inside(first, script);
  }

  private static Ran inside(long pid, String script) {
    List<String> command = new ArrayList<>(List.of("nsenter", "-t", Long.toString(pid), "-a"));
    command.addAll(List.of("sh", "-euc", "cd /mnt/src\n" + script));
    return Ran.of(command);
  }

  /** A property of a unit, as systemd tells it. */
  String show(String unit, String property) {
    return run("systemctl show --value -p " + property + " " + unit).ok().out().strip();
  }

  /** Waits until a property of a unit is what it should be. */
  void await(String unit, String property, String value) {
    Awaitility.await(unit + " to have " + property + " " + value)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () ->
                assertThat(show(unit, property))
                    .as(() -> output(unit + ".service") + told())
                    .isEqualTo(value));
  }

  /** Waits until a unit has printed this. */
  void awaitOutput(String unit, String text) {
    Awaitility.await(unit + " to print")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(output(unit)).as(this::told).contains(text));
  }

  /** Puts a program of a shell into {@code /usr/local/bin}. */
  void program(String name, String script) {
    String file = "/usr/local/bin/" + name;
    run("cat > %1$s <<'END'\n#!/bin/sh\n%2$s\nEND\nchmod 0755 %1$s".formatted(file, script)).ok();
  }

  /** What a unit has printed. */
  String output(String unit) {
    return run("cat /run/output/" + unit + " 2>/dev/null || :").out();
  }

  /** What systemd says of the services. */
  private String told() {
    return run("systemctl --no-pager --full status latchkey orders || :").out();
  }

  @Override
  public void close() throws InterruptedException {
    ProcessHandle.of(first).ifPresent(ProcessHandle::destroyForcibly);
    if (!outside.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the machine did not end");
    }
  }
}
