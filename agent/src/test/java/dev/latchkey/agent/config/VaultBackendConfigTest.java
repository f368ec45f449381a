package dev.latchkey.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.config.BackendSettings.Login;
import dev.latchkey.agent.config.BackendSettings.Text;
import dev.latchkey.agent.config.BackendSettings.Vault;
import dev.latchkey.agent.secret.SecretName;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VaultBackendConfigTest {

  private static Loaded load(String text, Map<String, String> environment) {
    return new ConfigLoader(environment, new EtcAccounts(), target -> {})
        .parse("latchkey.yml", text, false);
  }

  private static AgentConfig accepted(String text, Map<String, String> environment) {
    Loaded loaded = load(text, environment);
    assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
    return ((Loaded.Accepted) loaded).config();
  }

  private static Vault vault(AgentConfig config, String name) {
    return (Vault) Objects.requireNonNull(config.backends().get(name));
  }

  private static List<String> refused(String text) {
    Loaded loaded = load(text, Map.of());
    assertThat(loaded).isInstanceOf(Loaded.Refused.class);
    return ((Loaded.Refused) loaded).problems().stream().map(Object::toString).toList();
  }

  @Test
  void theExampleOfTheDocumentationIsRight() throws Exception {
    Path page =
        Path.of(System.getProperty("latchkey.root", "..")).resolve("docs/backends/vault.md");
    String text = Files.readString(page);
    int begin = text.indexOf("```yaml\n") + "```yaml\n".length();
    AgentConfig config = accepted(text.substring(begin, text.indexOf("```", begin)), Map.of());
    Vault vault = vault(config, "vault");
    assertThat(vault.addresses()).containsExactly(URI.create("https://vault.example.com:8200"));
    assertThat(vault.login())
        .isEqualTo(
            new Login.AppRole(
                "approle",
                new Text.InFile(Path.of("/etc/latchkey/role-id")),
                Optional.of(new Text.InFile(Path.of("/etc/latchkey/secret-id"))),
                false,
                false));
    assertThat(config.catalog().find(new SecretName("orders-db")).orElseThrow().lease())
        .isEqualTo(new LeaseDeclaration(Duration.ofMinutes(1), false, false));
    assertThat(config.catalog().find(new SecretName("team/mail")).orElseThrow().path())
        .isEqualTo("kv/team/mail");
  }

  @Test
  void whatIsAbsentComesFromTheEnvironmentOfTheCommandLines() {
    AgentConfig config =
        accepted(
            "backends: { v: { type: vault } }",
            Map.of(
                "BAO_ADDR", "http://127.0.0.1:8200",
                "VAULT_TOKEN", "a-token",
                "BAO_TOKEN", "another",
                "VAULT_NAMESPACE", "team",
                "VAULT_CACERT", "/ca.pem"));
    Vault vault = vault(config, "v");
    assertThat(vault.addresses()).containsExactly(URI.create("http://127.0.0.1:8200"));
    assertThat(vault.namespace()).isEqualTo("team");
    assertThat(vault.tls().ca()).contains(Path.of("/ca.pem"));
    assertThat(vault.login()).isInstanceOf(Login.Token.class);
    assertThat(vault.toString()).doesNotContain("a-token");
  }

  @Test
  void saysWhatIsMissing() {
    assertThat(refused("backends: { v: { type: vault } }"))
        .anyMatch(problem -> problem.contains("VAULT_ADDR"))
        .anyMatch(problem -> problem.contains("VAULT_TOKEN"));
    assertThat(
            refused(
                "backends: { v: { type: vault, address: \"http://h\","
                    + " login: { type: userpass, username: a } } }"))
        .anyMatch(problem -> problem.contains("password_file"));
    assertThat(
            refused(
                "backends: { v: { type: vault, address: \"http://h\","
                    + " login: { type: kubernetes } } }"))
        .anyMatch(problem -> problem.contains("role"));
  }

  @Test
  void refusesWhatCannotWork() {
    assertThat(refused("backends: { l: { type: local, address: \"http://h\" } }"))
        .anyMatch(problem -> problem.contains("type vault"));
    assertThat(
            refused(
                "backends: { v: { type: vault, address: \"http://user:word@h\","
                    + " login: { type: token, token: t } } }"))
        .anyMatch(problem -> problem.contains("https://vault.example.com:8200"))
        .noneMatch(problem -> problem.contains("word"));
    assertThat(
            refused(
                "backends: { v: { type: vault, address: \"http://h\","
                    + " login: { type: token, token: t } } }\n"
                    + "secrets: { a: { backend: v } }"))
        .anyMatch(problem -> problem.contains("secret/orders/db"));
  }
}
