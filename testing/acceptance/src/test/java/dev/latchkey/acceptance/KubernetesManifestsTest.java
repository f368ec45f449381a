package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The manifests are what the API takes, and fit to the image, the agent and each other. */
class KubernetesManifestsTest {

  /** The volume that the agent does not see, for what the application writes. */
  private static final String OWN = "application-scratch";

  @TempDir Path directory;

  static Stream<JsonNode> pods() {
    return Stream.of(
        Manifests.pod("deployment.yaml", "Deployment"), Manifests.pod("job.yaml", "Job"));
  }

  private static JsonNode sidecar(JsonNode pod) {
    List<JsonNode> begunFirst = Manifests.parts(pod.path("initContainers"));
    assertThat(begunFirst).hasSize(1);
    return begunFirst.getFirst();
  }

  private static JsonNode application(JsonNode pod) {
    List<JsonNode> applications = Manifests.parts(pod.path("containers"));
    assertThat(applications).hasSize(1);
    return applications.getFirst();
  }

  @Test
  void theApiTakesEveryManifest() throws IOException {
    assertThat(Manifests.files()).hasSize(3);
    for (Path file : Manifests.files()) {
      List<JsonNode> objects = Manifests.parse(Files.readString(file));
      assertThat(objects).isNotEmpty();
      assertThat(objects).allSatisfy(object -> assertThat(Manifests.refusals(object)).isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deployment.yaml | startupProbe: | startupProb: | startupProb",
        "deployment.yaml | restartPolicy: Always | restartPolcy: Always | restartPolcy",
        "deployment.yaml | readOnlyRootFilesystem: true | readOnlyRootFileSystem: true |"
            + " readOnlyRootFileSystem",
        "deployment.yaml | medium: Memory | medum: Memory | medum",
        "deployment.yaml | audience: vault | audiences: vault | audiences",
        "deployment.yaml | replicas: 2 | replicas: two | replicas",
        "deployment.yaml | timeoutSeconds: 30 | timeoutSeconds: 30s | timeoutSeconds",
        "deployment.yaml | readOnly: true | readOnly: 1 | readOnly",
        "deployment.yaml | drop: [ ALL ] | drop: ALL | drop",
        "deployment.yaml | , mountPath: /run/orders |  | mountPath",
        "deployment.yaml | apiVersion: apps/v1 | apiVersion: apps/v1beta1 | apiVersion",
        "job.yaml | backoffLimit: 3 | backOffLimit: 3 | backOffLimit",
        "job.yaml | kind: Job | kind: Jobb | kind",
        "configuration.yaml | automountServiceAccountToken: false | automountToken: false |"
            + " automountToken",
      })
  void whatTheApiDoesNotTakeIsFound(String file, String right, String wrong, String told) {
    String text = Manifests.text(file);
    assertThat(text).contains(right);
    List<String> refusals =
        Manifests.parse(text.replace(right, wrong == null ? "" : wrong)).stream()
            .flatMap(object -> Manifests.refusals(object).stream())
            .toList();
    assertThat(refusals).isNotEmpty().anySatisfy(why -> assertThat(why).contains(told));
  }

  @ParameterizedTest
  @MethodSource("pods")
  void theAgentIsANativeSidecarThatTheApplicationWaitsFor(JsonNode pod) {
    JsonNode sidecar = sidecar(pod);
    assertThat(sidecar.path("restartPolicy").asText()).isEqualTo("Always");
    assertThat(sidecar.at("/startupProbe/exec/command").toString())
        .startsWith("[\"/opt/latchkey/bin/latchkey\",\"wait\"");
    assertThat(pod.path("serviceAccountName").asText())
        .isEqualTo(
            Manifests.one("configuration.yaml", "ServiceAccount").at("/metadata/name").asText());
  }

  /** What it takes for a namespace under the restricted standard of pod security. */
  @ParameterizedTest
  @MethodSource("pods")
  void nobodyInThePodHasPrivileges(JsonNode pod) {
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    for (JsonNode container : List.of(sidecar(pod), application(pod))) {
      JsonNode security = container.path("securityContext");
      assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
      assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(security.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
      assertThat(security.at("/capabilities/add").isMissingNode()).isTrue();
      assertThat(container.at("/resources/limits/memory").isTextual()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("pods")
  void theUsersAreTheImagesAndThePolicys(JsonNode pod) throws IOException {
    JsonNode agent = sidecar(pod).path("securityContext");
    assertThat(Files.readAllLines(Installation.root().resolve("Dockerfile")))
        .contains(
            "USER " + agent.path("runAsUser").asText() + ":" + agent.path("runAsGroup").asText());
    String application = application(pod).at("/securityContext/runAsUser").asText();
    assertThat(application).isNotEqualTo(agent.path("runAsUser").asText());
    JsonNode configuration = Manifests.parse(Manifests.configuration()).getFirst();
    assertThat(configuration.at("/policies/0/callers/0/uid").asText()).isEqualTo(application);
    String group = pod.at("/securityContext/fsGroup").asText();
    assertThat(configuration.at("/agent/socket_group").asText()).isEqualTo(group);
    assertThat(configuration.at("/files/orders-env/group").asText()).isEqualTo(group);
  }

  @ParameterizedTest
  @MethodSource("pods")
  void theApplicationOnlyReadsWhatItIsGiven(JsonNode pod) {
    List<String> volumes =
        Manifests.parts(pod.path("volumes")).stream()
            .map(volume -> volume.path("name").asText())
            .filter(name -> !name.equals(OWN))
            .toList();
    assertThat(sidecar(pod).path("volumeMounts").findValuesAsText("name"))
        .as("each other volume is the agent's")
        .containsExactlyElementsOf(volumes);
    List<JsonNode> mounts = Manifests.parts(application(pod).path("volumeMounts"));
    assertThat(mounts).extracting(mount -> mount.path("name").asText()).contains("files", OWN);
    assertThat(mounts)
        .filteredOn(mount -> !mount.path("name").asText().equals(OWN))
        .allSatisfy(
            mount -> {
              assertThat(mount.path("readOnly").asBoolean()).isTrue();
              assertThat(mount.path("name").asText()).isIn("socket", "files");
            });
    assertThat(Manifests.parts(pod.path("volumes")))
        .filteredOn(volume -> volume.has("emptyDir"))
        .hasSize(5)
        .allSatisfy(
            volume -> {
              assertThat(volume.at("/emptyDir/medium").asText()).isEqualTo("Memory");
              assertThat(volume.at("/emptyDir/sizeLimit").isTextual()).isTrue();
            });
  }

  @Test
  void theJobsSidecarIsTheDeployments() {
    List<JsonNode> both = pods().toList();
    assertThat(sidecar(both.getLast())).isEqualTo(sidecar(both.getFirst()));
    assertThat(both.getLast().path("volumes")).isEqualTo(both.getFirst().path("volumes"));
  }

  @Test
  void theAgentTakesItsConfiguration() throws IOException {
    assertThat(validate(Manifests.configuration()).ok().out())
        .contains("The configuration is right");
    Ran refused = validate(Manifests.configuration().replace("socket_group", "socket_grop"));
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.out()).contains("did you mean \"socket_group\"");
  }

  @Test
  void theHostsConfigurationIsRightToo() throws IOException {
    String sample = Files.readString(Installation.root().resolve("deploy/systemd/latchkey.yml"));
    // The accounts of the sample are not on every machine; root is.
    String here =
        sample
            .replace("socket_group: latchkey", "socket_group: root")
            .replace("group: orders", "group: root")
            .replace("user: orders", "user: root");
    assertThat(validate(here).ok().out()).contains("The configuration is right");
  }

  private Ran validate(String configuration) throws IOException {
    Path file = directory.resolve("latchkey.yml");
    Files.writeString(file, configuration);
    return Ran.of(Installation.agent(List.of(), "", "validate", file.toString()));
  }
}
