package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python program of the README, as it stands there, with stubs made from the contract. */
class ReadmeProgramTest {

  @TempDir Path directory;

  @Test
  void readsASecretAndSeesEachChangeOfIt() throws Exception {
    String python = System.getenv().getOrDefault("LATCHKEY_PYTHON", "python3");
    boolean ready = run(List.of(python, "-c", "import grpc, grpc_tools"), Map.of()).exit() == 0;
    Precondition.require(
        ready, "grpcio-tools, in the Python that LATCHKEY_PYTHON names: pip install grpcio-tools");
    String proto = Installation.root().resolve("proto/src/main/proto").toString();
    assertThat(
            run(
                    List.of(
                        python,
                        "-m",
                        "grpc_tools.protoc",
                        "-I",
                        proto,
                        "--python_out=.",
                        "--grpc_python_out=.",
                        "latchkey/v1/credential.proto",
                        "latchkey/v1/latchkey.proto"),
                    Map.of())
                .exit())
        .isZero();
    Files.writeString(directory.resolve("program.py"), program());
    String body = "mounts: [ { prefix: \"app/\", backend: local } ]\n" + WholeLifeTest.ownPolicy();
    try (RunningAgent agent =
        RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body))) {
      agent.cli().feed("one", "put", "app/mail", "password=-").ok();
      // Where an agent of --dev listens when nothing says otherwise.
      Path runtime = Files.createDirectory(directory.resolve("runtime"));
      Files.createSymbolicLink(runtime.resolve("latchkey"), agent.socket().getParent());
      Path out = directory.resolve("program.out");
      Process program =
          start(
              List.of(python, "-u", "program.py"),
              Map.of("XDG_RUNTIME_DIR", runtime.toString()),
              out);
      await("its first line")
          .atMost(Duration.ofSeconds(30))
          .until(() -> Files.readString(out).contains("version 1 fields ['password']"));
      await("its watch")
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  Stage.json(agent.cli().run("status", "--json").ok().out())
                          .path("watchers")
                          .asInt()
                      == 1);
      for (int version = 2; version <= 3; version++) {
        agent.cli().feed("value " + version, "put", "app/mail", "password=-").ok();
        String last = "version " + version;
        await("its line of " + last)
            .atMost(Duration.ofSeconds(20))
            .until(() -> Files.readString(out).lines().toList().getLast().equals(last));
      }
      assertThat(Files.readString(out).lines()).hasSize(3);
      assertThat(program.isAlive()).as("it goes on until it is ended").isTrue();
      program.destroy();
      program.waitFor();
    }
  }

  private static String program() {
    String program = Readme.block("python");
    assertThat(program.lines().filter(line -> !line.isBlank()).count()).isLessThanOrEqualTo(20);
    return program;
  }

  private Result run(List<String> command, Map<String, String> environment) throws Exception {
    Path out = Files.createTempFile(directory, "run", ".out");
    Process process = start(command, environment, out);
    return new Result(process.waitFor());
  }

  private Process start(List<String> command, Map<String, String> environment, Path out)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private record Result(int exit) {}
}
