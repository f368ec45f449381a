package dev.latchkey.acceptance;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A pod of a manifest without a cluster: its volumes, and its containers with their mounts, users
 * and groups in namespaces of their own. Needs root; what it writes is in memory and ends with it.
 */
final class Pod implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final JsonNode pod;
  private final Path directory;
  private final Process volumes;

  private Pod(JsonNode pod, Path directory, Process volumes) {
    this.pod = pod;
    this.directory = directory;
    this.volumes = volumes;
  }

  /**
   * Makes the volumes.
   *
   * @param content the files in volumes that a cluster fills, as VOLUME/FILE
   */
  static Pod of(JsonNode pod, Path directory, Map<String, String> content) throws IOException {
    ImageContent.layOutWithoutCaches(directory.resolve("opt"));
    for (JsonNode volume : pod.path("volumes")) {
      Files.createDirectories(directory.resolve("volumes").resolve(volume.path("name").asText()));
    }
    for (Map.Entry<String, String> file : content.entrySet()) {
      Files.writeString(directory.resolve("volumes").resolve(file.getKey()), file.getValue());
    }
    Path out = directory.resolve("volumes.log");
    Process volumes =
        new ProcessBuilder("sh", script(), "volumes", directory.toString(), group(pod))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    await("the volumes")
        .atMost(SOON)
        .until(() -> !volumes.isAlive() || Files.readString(out).contains("made"));
    if (!volumes.isAlive()) {
      throw new AssertionError("no volumes: " + Files.readString(out));
    }
    return new Pod(pod, directory, volumes);
  }

  private static String script() {
    return Installation.root().resolve("testing/acceptance/src/test/resources/pod.sh").toString();
  }

  private static String group(JsonNode pod) {
    return pod.at("/securityContext/fsGroup").asText();
  }

  /** Its container of that name, of either list. */
  JsonNode container(String name) {
    return Stream.concat(
            Manifests.parts(pod.path("initContainers")).stream(),
            Manifests.parts(pod.path("containers")).stream())
        .filter(container -> container.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Begins the container with the arguments that the manifest gives to the image. */
  Process begin(JsonNode container) throws IOException {
    List<String> command = new ArrayList<>(inside(container, user(container), group(pod)));
    command.add("/opt/latchkey/bin/latchkey");
    Manifests.parts(container.path("args")).forEach(word -> command.add(word.asText()));
    return new ProcessBuilder(command)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(log().toFile())
        .start();
  }

  /** What the agent's container has printed. */
  Path log() {
    return directory.resolve("container.log");
  }

  /** Runs a script of a shell in a container, as its user. */
  Ran run(JsonNode container, String script) {
    return runAs(container, user(container), group(pod), script);
  }

  /** The same as another user, of another group. */
  Ran runAs(JsonNode container, String uid, String group, String script) {
    List<String> command = new ArrayList<>(inside(container, uid, group));
    command.addAll(List.of("sh", "-c", script));
    return Ran.of(command);
  }

  private static String user(JsonNode container) {
    return container.at("/securityContext/runAsUser").asText();
  }

  private List<String> inside(JsonNode container, String uid, String group) {
    String mounts =
        Manifests.parts(container.path("volumeMounts")).stream()
            .map(Pod::mount)
            .collect(Collectors.joining(" "));
    List<String> command = new ArrayList<>();
    command.addAll(List.of("nsenter", "-t", Long.toString(volumes.pid()), "-m"));
    command.addAll(List.of("unshare", "--mount", "--propagation", "private", "--pid", "--fork"));
    command.addAll(List.of("--kill-child", "--mount-proc"));
    command.addAll(List.of("sh", script(), "container"));
    command.addAll(List.of(uid, container.at("/securityContext/runAsGroup").asText(), group));
    command.addAll(List.of(mounts, "env", "-i", "PATH=" + System.getenv("PATH")));
    Manifests.parts(container.path("env"))
        .forEach(
            variable ->
                command.add(
                    variable.path("name").asText() + "=" + variable.path("value").asText()));
    return command;
  }

  private static String mount(JsonNode mount) {
    return mount.path("name").asText()
        + ":"
        + mount.path("mountPath").asText()
        + (mount.path("readOnly").asBoolean() ? ":ro" : ":rw");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    volumes.getOutputStream().close();
    if (!volumes.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the pod did not end");
    }
  }
}
