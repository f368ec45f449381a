package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sidecar and an application with the mounts, users and groups of the manifest, against a real
 * Vault. The token that a cluster would have Vault look at is one of Vault's own here.
 */
class KubernetesPodTest {

  private static final String PASSWORD = Marker.fresh().toString();
  private static final String LATCHKEY = "/opt/latchkey/bin/latchkey ";

  @TempDir Path directory;

  @Test
  void theApplicationIsServedAndNobodyElse() throws Exception {
    Precondition.namespaces();
    JsonNode manifest = Manifests.pod("deployment.yaml", "Deployment");
    try (VaultServer vault = RealVault.start(directory.resolve("vault"));
        VaultAdmin admin = new VaultAdmin(vault);
        Pod pod = Pod.of(manifest, directory, content(admin, vault))) {
      JsonNode sidecar = pod.container("latchkey");
      Process agent = pod.begin(sidecar);
      try {
        notReadyBeforeItsSecret(pod, sidecar, agent);
        JsonObject fields = new JsonObject().add("username", "orders").add("password", PASSWORD);
        admin.write("kv/data/orders/db", new JsonObject().add("data", fields));
        assertThat(probe(sidecar, agent)).as(Files.readString(pod.log())).isZero();
        servesTheApplication(pod, pod.container("orders"));
        refusesOthers(pod, pod.container("orders"));
        endsInTime(pod, sidecar, agent);
      } finally {
        agent.descendants().forEach(ProcessHandle::destroyForcibly);
        agent.destroyForcibly().waitFor();
      }
    }
  }

  private static Map<String, String> content(VaultAdmin admin, VaultServer vault) {
    admin.write("sys/mounts/kv", new JsonObject().add("type", "kv-v2"));
    String login = "login: { type: kubernetes, role: orders, file: /run/secrets/vault/token }";
    assertThat(Manifests.configuration()).contains(login);
    String configuration =
        Manifests.configuration()
            .replace(login, "login: { type: token_file, file: /run/secrets/vault/token }")
            .replace("https://vault.example.com:8200", vault.address().toString());
    return Map.of(
        "configuration/latchkey.yml", configuration,
        "state-key/state-key", Base64.getEncoder().encodeToString(new byte[32]),
        "vault-token/token",
            admin.tokenWith("path \"kv/data/orders/*\" { capabilities = [\"read\"] }"));
  }

  /** The virtual machine, which is the first process of its container. */
  private static long first(Process container) {
    return container
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("/bin/java"))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  /** Runs the startup probe of the manifest as a kubelet does: in the container, as its user. */
  private static int probe(JsonNode sidecar, Process agent) {
    String command =
        Manifests.parts(sidecar.at("/startupProbe/exec/command")).stream()
            .map(JsonNode::asText)
            .collect(Collectors.joining(" "));
    String variables =
        Manifests.parts(sidecar.path("env")).stream()
            .map(one -> one.path("name").asText() + "=" + one.path("value").asText())
            .collect(Collectors.joining(" "));
    String user = sidecar.at("/securityContext/runAsUser").asText();
    return Ran.of(
            List.of(
                "sh",
                "-c",
                "exec nsenter -t %1$s -m -p setpriv --reuid=%2$s --regid=%2$s --clear-groups env %3$s %4$s"
                    .formatted(first(agent), user, variables, command)))
        .exit();
  }

  private static void notReadyBeforeItsSecret(Pod pod, JsonNode sidecar, Process agent) {
    await("the agent to listen")
        .atMost(Duration.ofSeconds(60))
        .until(() -> !agent.isAlive() || Files.readString(pod.log()).contains("operators"));
    ObjectNode impatient = sidecar.deepCopy();
    ArrayNode command = (ArrayNode) impatient.at("/startupProbe/exec/command");
    command.set(command.size() - 1, "1s");
    assertThat(probe(impatient, agent)).isEqualTo(5);
  }

  private static void servesTheApplication(Pod pod, JsonNode application) {
    assertThat(
            pod.run(application, ". /run/orders/env && echo \"$DB_USERNAME $DB_PASSWORD\"").out())
        .isEqualTo("orders " + PASSWORD + "\n");
    assertThat(pod.run(application, LATCHKEY + "get orders-db --field password").out())
        .isEqualTo(PASSWORD + "\n");
    assertThat(
            pod.run(application, "stat -c '%a %u:%g' /run/orders/env /run/latchkey/application")
                .out())
        .isEqualTo("640 65532:20000\n750 65532:20000\n");
    String harm =
        "rm /run/orders/env; mv /run/latchkey/application /run/latchkey/x; touch /x /run/orders/y";
    assertThat(pod.run(application, harm).out().lines())
        .hasSize(4)
        .allSatisfy(line -> assertThat(line).contains("Read-only file system"));
    assertThat(pod.run(application, "ls -A /var/lib/latchkey /run/secrets").out())
        .as("neither the state nor a token")
        .doesNotContain("state\n", "operator\n", "vault");
    assertThat(pod.run(application, "grep -E 'Cap(Eff|Bnd)|NoNew' /proc/self/status").out())
        .isEqualTo("CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\n");
  }

  private static void refusesOthers(Pod pod, JsonNode application) {
    String get = LATCHKEY + "get orders-db";
    assertThat(pod.runAs(application, "10002", "20000", get).exit())
        .as("not in the policy")
        .isEqualTo(3);
    assertThat(pod.runAs(application, "65532", "20000", get).out())
        .contains("the agent's own user");
    Ran stranger = pod.runAs(application, "10001", "20001", get + "; cat /run/orders/env");
    assertThat(stranger.out()).as("not in the group").contains("Permission denied");
    assertThat(stranger.out()).doesNotContain(PASSWORD);
  }

  private static void endsInTime(Pod pod, JsonNode sidecar, Process agent) throws Exception {
    CompletableFuture<Instant> ended = agent.onExit().thenApply(gone -> Instant.now());
    Instant asked = Instant.now();
    ProcessHandle.of(first(agent)).orElseThrow().destroy();
    Duration took = Duration.between(asked, ended.get(30, TimeUnit.SECONDS));
    assertThat(took).isLessThan(Duration.ofSeconds(2));
    assertThat(pod.run(sidecar, "ls -A /run/orders").out()).as("on_exit: remove").isEmpty();
    assertThat(Files.readString(pod.log())).doesNotContain(PASSWORD);
  }
}
