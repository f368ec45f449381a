package dev.latchkey.agent.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backup.StateDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent that cannot start says why in one message, without a stack trace, and ends with 1. */
class RefusedStartTest {

  @TempDir Path directory;

  private Program program;

  @BeforeEach
  void prepare() {
    program = new Program(directory);
  }

  @Test
  void aMissingStateKeyIsNamedWithTheWaysToMakeOne() throws Exception {
    Path config = program.configuration("");
    assertRefused(
        program.run("agent", "--config", config.toString()),
        "latchkey: there is no state key: " + directory.resolve("state.key") + " does not exist",
        "openssl rand -base64 32");
  }

  @Test
  void aKeyThatIsNotTheStoresIsRefused() throws Exception {
    Path config = program.configuration("");
    program.key('1');
    Program.Ended made = program.run("state", "backup", directory + "/b", "--config", config + "");
    assertThat(made.exit()).as(made.err()).isZero();
    program.key('2');
    assertRefused(
        program.run("agent", "--config", config.toString()), "latchkey: ", "the state key");
  }

  @Test
  void aStateDirectoryInUseIsRefused() throws Exception {
    Path config = program.configuration("");
    program.key('1');
    try (StateDirectory used = StateDirectory.open(directory.resolve("state"))) {
      assertRefused(
          program.run("agent", "--config", config.toString()),
          "latchkey: another agent uses the state directory " + used.path() + "; stop it first");
    }
  }

  @Test
  void aStateDirectoryThatOthersMayEnterIsRefused() throws Exception {
    Path config = program.configuration("");
    program.key('1');
    Files.createDirectory(
        directory.resolve("state"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
    assertRefused(
        program.run("agent", "--config", config.toString()),
        "latchkey: others may enter the state directory " + directory.resolve("state"));
  }

  @Test
  void aTargetThatNoSessionCanBeOpenedToIsRefusedByTheCheckOfTheConfiguration() throws Exception {
    Path config = program.configuration(target("jdbc:postgresql:orders"));
    program.key('1');
    for (String command : new String[] {"agent", "validate"}) {
      Program.Ended ended = program.run(command, "--config", config.toString());
      assertThat(ended.exit()).as(ended.err()).isEqualTo(2);
      assertThat(ended.err().lines())
          .containsExactly(
              config
                  + ":8: targets.orders.url: must look like"
                  + " jdbc:postgresql://host:5432/database");
    }
  }

  @Test
  void aTargetWithACredentialInItsUrlIsRefusedWithoutQuotingIt() throws Exception {
    Path config = program.configuration(target("jdbc:postgresql://h/orders?password=marked"));
    Program.Ended ended = program.run("validate", "--config", config.toString());
    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err())
        .contains("targets.orders.url: must not hold a credential")
        .doesNotContain("marked");
  }

  /** Code 2 keeps systemd from another start, which would find that the service is back. */
  @Test
  void anAccountServiceThatDoesNotAnswerIsNoWrongConfiguration() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Path getent = Files.writeString(bin.resolve("getent"), "#!/bin/sh\nexit 3\n");
    Files.setPosixFilePermissions(getent, PosixFilePermissions.fromString("rwxr-xr-x"));
    program.findsFirstIn(bin);
    String unanswered = policy("group: of-a-service-latchkey");
    Path config = program.configuration(unanswered);
    for (String command : new String[] {"agent", "validate"}) {
      Program.Ended ended = program.run(command, "--config", config.toString());
      assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
      assertThat(ended.err()).contains("getent group of-a-service-latchkey failed with code 3");
    }
    program.configuration(unanswered + "no_such_key: 1\n");
    Program.Ended ended = program.run("agent", "--config", config.toString());
    assertThat(ended.exit()).as("wrong besides: " + ended.err()).isEqualTo(2);
  }

  private static String policy(String caller) {
    return "secrets: { x: {} }\npolicies: [ { callers: [ { "
        + caller
        + " } ], secrets: [x], operations: [read] } ]\n";
  }

  @Test
  void aPortInUseIsRefusedAndEverythingIsClosed() throws Exception {
    program.key('1');
    try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String text = Files.readString(program.configuration(""));
      Path config = directory.resolve("latchkey.yml");
      Files.writeString(config, text.replace("port: -1", "port: " + used.getLocalPort()));
      assertRefused(program.run("agent", "--config", config.toString()), "latchkey: ");
    }
    assertClosed();
  }

  @Test
  void aSocketThatCannotBeMadeIsRefusedAndEverythingIsClosed() throws Exception {
    program.key('1');
    Path config = program.configuration("");
    Files.writeString(directory.resolve("run"), "a file where a directory belongs");
    assertRefused(program.run("agent", "--config", config.toString()), "latchkey: ");
    assertClosed();
  }

  /** A store that was closed leaves no write-ahead log behind. */
  private void assertClosed() throws IOException {
    assertThat(directory.resolve("state/state.db")).exists();
    assertThat(directory.resolve("state/state.db-wal")).doesNotExist();
  }

  private static String target(String url) {
    return """
    secrets: { admin: {} }
    targets: { orders: { url: "%s", admin: admin } }
    """
        .formatted(url);
  }

  private static void assertRefused(Program.Ended ended, String... said) {
    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).startsWith("latchkey: ").contains(said);
    assertThat(ended.err().lines()).noneMatch(line -> line.startsWith("\tat "));
    assertThat(ended.err()).doesNotContain("Exception");
  }
}
