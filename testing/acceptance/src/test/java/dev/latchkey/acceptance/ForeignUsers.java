package dev.latchkey.acceptance;

import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Programs of root and of another user, started from a copy of the jars that everybody may read.
 *
 * <p>Where the tests run as root these are the machine's own users; elsewhere both live in the same
 * mapping of a user namespace, in which the tests' user is root.
 */
final class ForeignUsers {

  /** The group that both share, known by name on every Linux, and 1 everywhere. */
  private static final String GROUP = "daemon";

  private static final int GROUP_ID = 1;

  /** A user who is neither root nor the other. */
  static final int THIRD_UID = OtherUser.UID + 1;

  private final Path directory;
  private final List<String> root;
  private final List<String> other;

  ForeignUsers(Path directory, List<String> words) throws IOException {
    this.directory = directory;
    this.root = words.subList(0, words.indexOf("setpriv"));
    this.other =
        words.stream()
            .map(word -> word.startsWith("--regid=") ? "--regid=" + GROUP_ID : word)
            .toList();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    ImageContent.layOut(directory.resolve("opt"));
  }

  /** The words in front of a command of a third user, who may reach the application socket. */
  List<String> third() {
    return other.stream()
        .map(word -> word.startsWith("--reuid=") ? "--reuid=" + THIRD_UID : word)
        .toList();
  }

  /** The words in front of a command of root. */
  List<String> root() {
    return root;
  }

  /** The words in front of a command of the other user. */
  List<String> other() {
    return other;
  }

  private List<String> java(List<String> words, String program, String main) {
    Path opt = directory.resolve("opt");
    List<String> command = new ArrayList<>(words);
    command.addAll(
        List.of(
            Installation.java(),
            "@" + ImageContent.flags(opt, program),
            "-cp",
            ImageContent.build(opt, program).resolve("lib") + "/*",
            main));
    return command;
  }

  /** Starts an agent of that user whose rules name one uid, and waits until it says so. */
  Agent agent(List<String> owner, int allowedUid) throws IOException {
    return agent(owner, List.of(allowedUid), true);
  }

  /** Starts one as in production: it has a key, and refuses applications of its own user. */
  Agent strictAgent(List<String> owner, Integer... allowedUids) throws IOException {
    return agent(owner, List.of(allowedUids), false);
  }

  private Agent agent(List<String> owner, List<Integer> allowedUids, boolean development)
      throws IOException {
    Path home = Files.createDirectory(directory.resolve("home"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        home.resolve("latchkey.yml"),
        """
        agent:
          state_dir: %1$s/state
          state_key: { file: %1$s/state.key }
          socket: %1$s/run/agent.sock
          socket_group: %2$s
          operator_socket: %1$s/run/operator/operator.sock
          management_port: -1
        mounts: [ { prefix: "app/", backend: local } ]
        keyrings: { default: {} }
        policies:
          - callers: [ %3$s ]
            secrets: [ "app/**" ]
            keyrings: [ default ]
            operations: [ read, watch, list, encrypt, decrypt ]
        """
            .formatted(
                home,
                GROUP,
                allowedUids.stream().map("{ uid: %d }"::formatted).collect(joining(", "))));
    if (!development) {
      Path key = home.resolve("state.key");
      Files.writeString(key, HexFormat.of().formatHex(new SecureRandom().generateSeed(32)));
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }
    if (owner.equals(other)) {
      finish(root, "chown", "-R", OtherUser.UID + ":" + GROUP_ID, home.toString());
    }
    Path log = directory.resolve("agent.log");
    List<String> command = java(owner, "agent", "dev.latchkey.agent.wiring.Main");
    command.addAll(List.of("agent", "--config", home.resolve("latchkey.yml").toString()));
    if (development) {
      command.add("--dev");
    }
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    await("the agent to listen")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("the agent ended:\n" + Files.readString(log));
              }
              return Files.readString(log).contains("operators");
            });
    return new Agent(owner, home, process);
  }

  private static void finish(List<String> words, String... command) {
    List<String> whole = new ArrayList<>(words);
    whole.addAll(Arrays.asList(command));
    try {
      if (new ProcessBuilder(whole).inheritIO().start().waitFor() != 0) {
        throw new AssertionError("failed: " + whole);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Deletes the copies and what the agents left, whoever owns it. */
  void deleteEverything() {
    finish(root, "rm", "-rf", directory.toString());
  }

  /** An agent of one of the users. */
  final class Agent implements AutoCloseable {

    private final List<String> owner;
    private final Path home;
    private final Process process;

    Agent(List<String> owner, Path home, Process process) {
      this.owner = owner;
      this.home = home;
      this.process = process;
    }

    /** Runs the command line as the user that {@code words} stand for. */
    Cli.Result cli(List<String> words, String input, String... arguments) {
      List<String> command = java(words, "cli", "dev.latchkey.cli.Main");
      command.addAll(Arrays.asList(arguments));
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().put("LATCHKEY_SOCKET", home + "/run/agent.sock");
      builder.environment().put("LATCHKEY_OPERATOR_SOCKET", home + "/run/operator/operator.sock");
      Path out = directory.resolve("cli.out");
      Path err = directory.resolve("cli.err");
      try {
        Process run = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try (OutputStream stdin = run.getOutputStream()) {
          stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException endedWithoutReading) {
          // Its exit code tells.
        }
        if (!run.waitFor(60, TimeUnit.SECONDS)) {
          run.destroyForcibly();
          throw new AssertionError(
              "the command line did not end: " + List.of(arguments) + "\n" + Files.readString(err));
        }
        return new Cli.Result(run.exitValue(), Files.readString(out), Files.readString(err));
      } catch (IOException e) {
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }

    /** Waits until the agent has ended by itself; its exit code. */
    int ended() throws InterruptedException {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the agent did not end");
      }
      return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
      if (!process.isAlive()) {
        return;
      }
      finish(owner, "kill", "-TERM", Long.toString(process.pid()));
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        finish(owner, "kill", "-KILL", Long.toString(process.pid()));
        throw new AssertionError("the agent did not end within 30 s of SIGTERM");
      }
    }
  }
}
