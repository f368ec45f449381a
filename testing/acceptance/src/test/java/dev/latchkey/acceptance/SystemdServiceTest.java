package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units run under a real systemd, installed as {@code docs/deploy.md} says. */
class SystemdServiceTest {

  private static final String PASSWORD = Marker.fresh().toString();
  private static final String DROP_IN = "/run/units/latchkey.service.d/test.conf";

  @TempDir Path directory;

  @Test
  void theAgentServesAnApplicationFromItsSandbox() throws Exception {
    Precondition.namespaces();
    Optional<SystemdMachine> booted = SystemdMachine.boot(directory);
    Precondition.require(booted.isPresent(), "systemd that runs in namespaces");
    try (SystemdMachine machine = booted.orElseThrow();
        VaultServer vault = RealVault.start(directory.resolve("vault"));
        VaultAdmin admin = new VaultAdmin(vault)) {
      letIn(admin);
      install(machine, admin, vault, MadeCertificate.make(directory));
      beginsOnceItsSecretIsThere(machine, admin);
      isConfined(machine);
      outlivesAKill(machine);
      endsWhenItIsTold(machine);
      aSettingThatIsLeftOutWouldBreakIt(machine, "MemoryDenyWriteExecute");
      aSettingThatIsLeftOutWouldBreakIt(machine, "PrivateUsers");
      mayBeGivenTheRightToSignalOthers(machine);
      endsWellBeforeItIsReady(machine);
    }
  }

  private static void letIn(VaultAdmin admin) {
    admin.write("sys/mounts/kv", new JsonObject().add("type", "kv-v2"));
    admin.write("sys/auth/approle", new JsonObject().add("type", "approle"));
    String policy = admin.policy("path \"kv/data/orders/*\" { capabilities = [\"read\"] }");
    admin.write(
        "auth/approle/role/orders",
        new JsonObject().add("token_policies", new JsonArray().add(policy)));
  }

  /** Follows the page; what its reader knows, such as the address of Vault, is put in. */
  private static void install(
      SystemdMachine machine, VaultAdmin admin, VaultServer vault, MadeCertificate authority) {
    String role = "auth/approle/role/orders/";
    String roleId = text(admin.read(role + "role-id"), "role_id");
    String secretId = text(admin.write(role + "secret-id", new JsonObject()), "secret_id");
    machine.program(
        "vault", "case $1 in read) echo %s ;; write) echo %s ;; esac".formatted(roleId, secretId));
    machine.program("orders", "echo \"begun with $DB_PASSWORD\"; exec sleep 1000");
    List<Page.Example> examples = Page.section("docs/deploy.md", "A host: systemd").examples();
    assertThat(examples).hasSize(3);
    machine.run("cat > /run/vault-ca.pem <<'END'\n" + authority.certificate() + "END").ok();
    // As a careful root has it.
    String root = "umask 077\nexport VAULT_CACERT=/run/vault-ca.pem\n";
    machine.run(root + examples.get(0).command()).ok();
    machine.run(root + examples.get(1).command()).ok();
    // The Vault of the test speaks without TLS; the agent reads what it is told all the same.
    machine
        .run(
            "sed -i 's,https://vault.example.com:8200,%s,' /etc/latchkey/latchkey.yml"
                .formatted(vault.address().toString().replace("127.0.0.1", "localhost")))
        .ok();
    machine
        .run(
            "setpriv --reuid=latchkey --regid=latchkey --clear-groups cat"
                + " /etc/latchkey/vault-ca.pem /etc/latchkey/vault-role-id")
        .ok();
    // It waits for a secret that nobody has written yet.
    String begin = examples.get(2).command();
    assertThat(begin).contains("enable --now latchkey");
    machine.run(begin.replace("enable --now", "enable --now --no-block")).ok();
  }

  private static String text(JsonObject answer, String field) {
    return answer.get("data").asObject().getString(field);
  }

  private static void beginsOnceItsSecretIsThere(SystemdMachine machine, VaultAdmin admin) {
    machine.await("latchkey", "SubState", "start-post");
    machine.awaitOutput("latchkey.service", "waiting for orders-db");
    assertThat(machine.show("orders", "ActiveState")).isEqualTo("inactive");
    assertThat(machine.run("test -e /run/latchkey/orders.env").exit()).isNotZero();
    JsonObject fields = new JsonObject().add("username", "orders_app").add("password", PASSWORD);
    admin.write("kv/data/orders/db", new JsonObject().add("data", fields));
    machine.await("latchkey", "ActiveState", "active");
    machine.await("orders", "ActiveState", "active");
    machine.awaitOutput("orders.service", "begun with " + PASSWORD);
    assertThat(machine.output("latchkey.service")).doesNotContain(PASSWORD);
  }

  private static void isConfined(SystemdMachine machine) {
    String proc = "/proc/" + machine.show("latchkey", "MainPID");
    assertThat(machine.run("cat %1$s/status %1$s/limits".formatted(proc)).ok().out())
        .containsPattern("CapBnd:\\s+0000000000000000\n")
        .containsPattern("CapEff:\\s+0000000000000000\n")
        .containsPattern("NoNewPrivs:\\s+1\n")
        .containsPattern("Seccomp:\\s+2\n")
        .containsPattern("Max core file size\\s+0\\s+0 ");
    assertThat(
            machine
                .run(
                    "stat -c '%a %U:%G %n' /run/latchkey /run/latchkey/orders.env /var/lib/latchkey"
                        + " /run/latchkey/operator/operator.sock /run/latchkey/agent.sock")
                .ok()
                .out()
                .lines())
        .containsExactly(
            "750 latchkey:latchkey /run/latchkey",
            "640 latchkey:orders /run/latchkey/orders.env",
            "700 latchkey:latchkey /var/lib/latchkey",
            "600 latchkey:latchkey /run/latchkey/operator/operator.sock",
            "666 latchkey:latchkey /run/latchkey/agent.sock");
    assertThat(machine.run("tr '\\0' '\\n' < %s/environ".formatted(proc)).ok().out())
        .contains("CREDENTIALS_DIRECTORY=/run/credentials/latchkey.service");
    String pid = machine.show("latchkey", "MainPID");
    assertThat(machine.run("nsenter -t " + pid + " -m touch /etc/latchkey/x /usr/x").out())
        .as("also for root")
        .contains("/etc/latchkey/x': Read-only", "/usr/x': Read-only");
  }

  private static void outlivesAKill(SystemdMachine machine) {
    String application = machine.show("orders", "MainPID");
    machine.run("kill -9 " + machine.show("latchkey", "MainPID")).ok();
    machine.await("latchkey", "NRestarts", "1");
    machine.await("latchkey", "ActiveState", "active");
    assertThat(machine.show("orders", "MainPID")).isEqualTo(application);
    assertThat(machine.run("stat -c '%a %U:%G' /run/latchkey/orders.env").ok().out())
        .isEqualTo("640 latchkey:orders\n");
  }

  private static void endsWhenItIsTold(SystemdMachine machine) {
    machine.run("systemctl restart latchkey").ok();
    assertThat(machine.show("latchkey", "Result")).isEqualTo("success");
    machine.run("/opt/latchkey/bin/latchkey quit").ok();
    machine.await("latchkey", "ActiveState", "inactive");
    assertThat(machine.show("latchkey", "Result")).isEqualTo("success");
    assertThat(machine.run("test -e /run/latchkey/orders.env").exit())
        .as("on_exit: remove")
        .isNotZero();
    assertThat(machine.show("orders", "ActiveState")).isEqualTo("active");
  }

  /** Its secret is nowhere: who tells it to end then meets no failure, and no other start. */
  private static void endsWellBeforeItIsReady(SystemdMachine machine) {
    machine
        .run(
            """
            sed -i s,kv/orders/db,kv/orders/none, /etc/latchkey/latchkey.yml
            rm -rf /var/lib/latchkey/*
            systemctl start --no-block latchkey
            until /opt/latchkey/bin/latchkey quit; do sleep 0.2; done
            """)
        .ok();
    machine.await("latchkey", "ActiveState", "inactive");
    assertThat(machine.show("latchkey", "Result")).isEqualTo("success");
    assertThat(machine.show("latchkey", "NRestarts")).isEqualTo("0");
  }

  private static void aSettingThatIsLeftOutWouldBreakIt(SystemdMachine machine, String setting) {
    with(machine, "Restart=no\n" + setting + "=yes");
    assertThat(machine.run("systemctl start latchkey").exit()).as(setting).isNotZero();
    assertThat(machine.show("latchkey", "Result")).as(setting).isEqualTo("exit-code");
    without(machine);
    machine.run("systemctl start latchkey; systemctl stop latchkey").ok();
    assertThat(machine.show("latchkey", "Result")).as("without " + setting).isEqualTo("success");
  }

  /** As the page says for a reload of another user's program. */
  private static void mayBeGivenTheRightToSignalOthers(SystemdMachine machine) {
    with(
        machine,
        "ProtectProc=default\nCapabilityBoundingSet=CAP_KILL\nAmbientCapabilities=CAP_KILL");
    machine.run("systemctl start latchkey").ok();
    String agent = machine.show("latchkey", "MainPID");
    assertThat(machine.run("cat /proc/%s/status".formatted(agent)).ok().out())
        .containsPattern("CapEff:\\s+0000000000000020\n")
        .containsPattern("CapBnd:\\s+0000000000000020\n");
    String inside = "nsenter -t " + agent + " -m setpriv --reuid=latchkey --regid=latchkey";
    assertThat(machine.run(inside + " --clear-groups test -e /proc/1/stat").exit())
        .as("others are seen")
        .isZero();
    machine.run("systemctl stop latchkey").ok();
    without(machine);
  }

  private static void with(SystemdMachine machine, String settings) {
    machine
        .run(
            """
            mkdir -p /run/units/latchkey.service.d
            printf '[Service]\\n%%b\\n' '%s' > %s
            systemctl daemon-reload
            """
                .formatted(settings.replace("\n", "\\n"), DROP_IN))
        .ok();
  }

  private static void without(SystemdMachine machine) {
    machine.run("rm " + DROP_IN + "; systemctl daemon-reload; systemctl reset-failed").ok();
  }
}
