package dev.latchkey.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/latchkey} in a tree of its own, with a java and a mvn that only say what they see. */
class LauncherTest {
  private static final String AGENT = "dev.latchkey.agent.wiring.Main";
  private static final String CLI = "dev.latchkey.cli.Main";
  private static final String DEMO = "dev.latchkey.demo.Main";

  @TempDir Path root;

  @BeforeEach
  void layOut() throws IOException {
    Path bin = Files.createDirectories(root.resolve("bin"));
    try (Stream<Path> scripts = Files.list(repository().resolve("bin"))) {
      for (Path script : scripts.toList()) {
        Files.copy(script, bin.resolve(script.getFileName()));
      }
    }
    Files.createDirectories(root.resolve("jdk/bin"));
    Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
    script("jdk/bin/java", "printf '%s\\n' \"$@\"\nexit \"${CODE:-0}\"\n");
    for (String program : List.of("cli", "agent", "demo")) {
      Path built = Files.createDirectories(root.resolve("target/launch/" + program + "/1/lib"));
      Files.writeString(built.resolveSibling("args"), "-cp nothing\n");
      Files.writeString(built.resolveSibling("stamp"), "");
      Files.writeString(root.resolve("target/launch/" + program + "/current"), "1\n");
    }
  }

  @Test
  void theFirstWordChoosesTheProgram() throws Exception {
    assertThat(started("agent", "--dev")).containsExactly(AGENT, "agent", "--dev");
    assertThat(started("validate", "f.yml")).containsExactly(AGENT, "validate", "f.yml");
    assertThat(started("render", "--check", "f")).containsExactly(AGENT, "render", "--check", "f");
    assertThat(started("state", "restore", "f")).containsExactly(AGENT, "state", "restore", "f");
    assertThat(started("demo", "--json")).containsExactly(DEMO, "--json");
    assertThat(started("get", "two words", "*")).containsExactly(CLI, "get", "two words", "*");
    assertThat(started("audit", "tail")).containsExactly(CLI, "audit", "tail");
    assertThat(started("--help")).containsExactly(CLI, "--help");
    assertThat(started()).containsExactly(CLI);
  }

  @Test
  void auditVerifyAndStateBackupAskARunningAgentAndElseOpenTheStore() throws Exception {
    assertThat(started("audit", "verify")).containsExactly(AGENT, "audit", "verify");
    assertThat(started("state", "backup", "f")).containsExactly(AGENT, "state", "backup", "f");
    Files.createDirectories(root.resolve("operator"));
    try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.bind(UnixDomainSocketAddress.of(root.resolve("operator/operator.sock")));
      assertThat(started("audit", "verify")).containsExactly(CLI, "audit", "verify");
      assertThat(started("audit", "verify", "--config", "f")).startsWith(AGENT);
      assertThat(started("state", "backup", "f")).containsExactly(CLI, "state", "backup", "f");
      assertThat(started("state", "backup", "f", "--config", "c")).startsWith(AGENT);
    }
  }

  @Test
  void theExitCodeAndTheFlagsPassThrough() throws Exception {
    Finished finished = latchkey(List.of("CODE=6"), "get", "x");
    assertThat(finished.code()).isEqualTo(6);
    assertThat(finished.out().lines().toList())
        .contains("@" + root + "/bin/cli.jvmargs", "@" + root + "/target/launch/cli/1/args");
    assertThat(finished.err()).isEmpty();
  }

  @Test
  void theFlagsKeepCrashReportsAwayFromTheDisk() throws IOException {
    for (String program : List.of("cli", "agent", "demo")) {
      assertThat(Files.readAllLines(root.resolve("bin/" + program + ".jvmargs")))
          .as(program)
          .contains("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/null");
    }
  }

  @Test
  void withoutTheProgramAndWithoutSourcesItSaysSo() throws Exception {
    Files.delete(root.resolve("target/launch/cli/current"));
    Finished finished = latchkey(List.of(), "get", "x");
    assertThat(finished.code()).isEqualTo(1);
    assertThat(finished.out()).isEmpty();
    assertThat(finished.err()).contains("no sources");
  }

  @Test
  void whatIsOlderThanItsSourcesIsBuiltAndStandardOutputStaysTheProgramsOwn() throws Exception {
    sourcesNewerThanWhatIsLaidOut();
    script(
        "tools/mvn",
        """
        echo noise
        mkdir -p cli/target/lib
        : > cli/target/latchkey-cli.jar
        : > cli/target/lib/a.jar
        """);
    Finished built = latchkey(List.of(), "get", "x");
    assertThat(built.out()).doesNotContain("noise").endsWith(CLI + "\nget\nx\n");
    assertThat(built.err()).contains("building: cli", "noise");
    String current = Files.readString(root.resolve("target/launch/cli/current")).strip();
    assertThat(Files.readString(root.resolve("target/launch/cli/" + current + "/args")))
        .contains("/lib/latchkey-cli.jar:", "/lib/a.jar");
    assertThat(latchkey(List.of(), "get", "x").err()).isEmpty();
  }

  @Test
  void whatMavenPackagedSinceItsSourcesChangedIsLaidOutWithoutMavenAndThenIsNotOlderThanThem()
      throws Exception {
    sourcesNewerThanWhatIsLaidOut();
    script("tools/mvn", "echo the jars are written anew >&2; exit 1\n");
    Files.createDirectories(root.resolve("cli/target/lib"));
    Files.writeString(root.resolve("cli/target/lib/a.jar"), "");
    Path jar = Files.writeString(root.resolve("cli/target/latchkey-cli.jar"), "");
    Finished laidOut = latchkey(List.of(), "get", "x");
    assertThat(laidOut.err()).isEmpty();
    assertThat(laidOut.out()).endsWith(CLI + "\nget\nx\n").doesNotContain("launch/cli/1/");
    FileTime packaged = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(
        root.resolve("cli/pom.xml"), FileTime.fromMillis(packaged.toMillis() + 1));
    Finished changed = latchkey(List.of(), "get", "x");
    assertThat(changed.code()).isEqualTo(1);
    assertThat(changed.err()).contains("building: cli", "written anew");
  }

  @Test
  void theTrainedAgentIsEndedAndItsCacheUsedWithoutTheToolsThatFindProcesses() throws Exception {
    for (String tool : List.of("pkill", "pgrep", "ps")) {
      script("tools/" + tool, "exit 127\n");
    }
    script(
        "jdk/bin/java",
        """
        for word; do
          case $word in
            -XX:AOTCacheOutput=*) cache=${word#*=} ;;
            agent) role=agent ;;
          esac
        done
        [ -z "$cache" ] || [ -z "$role" ] || CACHE=$cache exec python3 "$(dirname "$0")/trained"
        printf '%s\\n' "$@"
        """);
    Files.writeString(
        root.resolve("jdk/bin/trained"),
        """
        import os, signal, socket, sys
        home, cache = os.environ["LATCHKEY_DEV_DIR"], os.environ["CACHE"]
        def end(*_):
            open(cache, "w").write("learnt")
            sys.exit(143)
        signal.signal(signal.SIGTERM, end)
        open(os.path.dirname(cache) + "/pid", "w").write(str(os.getpid()))
        os.mkdir(home + "/operator")
        sockets = []
        for path in ("/operator/operator.sock", "/agent.sock"):
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(home + path)
            sockets.append(listening)
        while True:
            signal.pause()
        """);
    Path built = root.resolve("target/launch/agent/1");
    Finished run = latchkey(List.of("LATCHKEY_AOT=on"), "agent", "--dev");
    long pid = Long.parseLong(Files.readString(built.resolve("pid")));
    assertThat(ProcessHandle.of(pid)).as("the agent that learnt").isEmpty();
    assertThat(built.resolve("aot")).hasContent("learnt");
    assertThat(run.out()).contains("-XX:AOTCache=" + built + "/aot\n");
  }

  private void sourcesNewerThanWhatIsLaidOut() throws IOException {
    for (String module : List.of("proto", "client-stubs/core", "cli", "agent")) {
      Files.createDirectories(root.resolve(module));
      Files.writeString(root.resolve(module + "/pom.xml"), "<project/>");
    }
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Files.setLastModifiedTime(root.resolve("target/launch/cli/1/stamp"), FileTime.fromMillis(0));
  }

  /** The main class and what follows it. */
  private List<String> started(String... arguments) throws Exception {
    List<String> words = latchkey(List.of(), arguments).out().lines().toList();
    int main = 0;
    while (!words.get(main).startsWith("dev.latchkey.")) {
      main++;
    }
    return words.subList(main, words.size());
  }

  private Finished latchkey(List<String> variables, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    command.add("PATH=" + root.resolve("tools") + ":/usr/bin:/bin");
    command.add("JAVA_HOME=" + root.resolve("jdk"));
    command.add("LATCHKEY_DEV_DIR=" + root);
    command.add("LATCHKEY_AOT=off");
    command.addAll(variables);
    command.add(root.resolve("bin/latchkey").toString());
    command.addAll(List.of(arguments));
    Path out = root.resolve("out.txt");
    Path err = root.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Finished(
        process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  private void script(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path repository() {
    for (Path place = Path.of("").toAbsolutePath(); place != null; place = place.getParent()) {
      if (Files.exists(place.resolve("bin/latchkey"))) {
        return place;
      }
    }
    throw new IllegalStateException("no bin/latchkey above the working directory");
  }

  private record Finished(int code, String out, String err) {}
}
