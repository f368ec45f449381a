package dev.latchkey.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.catalog.SourceDeclaration;
import dev.latchkey.agent.config.BackendSettings.Login;
import dev.latchkey.agent.config.BackendSettings.Text;
import dev.latchkey.agent.config.BackendSettings.Vault;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VaultBackendConfigTest {

  /** What {@link ConfigLoaderTest} leaves to this class. */
  static final Set<String> TESTED_KEYS =
      Set.of(
          "backends.*.address",
          "backends.*.addresses",
          "backends.*.namespace",
          "backends.*.prefix",
          "backends.*.kv_mounts",
          "backends.*.connect_timeout",
          "backends.*.request_timeout",
          "backends.*.tls",
          "backends.*.tls.ca",
          "backends.*.tls.certificate",
          "backends.*.tls.key",
          "backends.*.tls.server_name",
          "backends.*.login",
          "backends.*.login.type",
          "backends.*.login.mount",
          "backends.*.login.token",
          "backends.*.login.file",
          "backends.*.login.role",
          "backends.*.login.role_id",
          "backends.*.login.role_id_file",
          "backends.*.login.secret_id",
          "backends.*.login.secret_id_file",
          "backends.*.login.wrapped",
          "backends.*.login.delete_file",
          "backends.*.login.username",
          "backends.*.login.password",
          "backends.*.login.password_file",
          "backends.*.login.region",
          "backends.*.login.server_id",
          "backends.*.login.profile",
          "keyrings.*.backend",
          "keyrings.*.mount",
          "keyrings.*.key",
          "keyrings.*.derived",
          "mounts[].path",
          "secrets.*.target",
          "secrets.*.unwrap_file",
          "secrets.*.lease",
          "secrets.*.lease.overlap",
          "secrets.*.lease.on_exit",
          "secrets.*.lease.exclusive");

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
  void aStaticRoleNamesTheTargetThatNeedsNoAdministrator() {
    AgentConfig config =
        accepted(
            """
            backends: { v: { type: vault, address: "http://127.0.0.1:8200" } }
            targets: { shop: { url: "jdbc:postgresql://db/orders" } }
            secrets:
              orders: { backend: v, path: database/static-creds/orders, target: shop }
              mail: { backend: v, path: kv/mail }
            """,
            Map.of("VAULT_TOKEN", "t"));
    assertThat(config.targets().getFirst().admin()).isEmpty();
    assertThat(config.secrets().getFirst().source().target()).contains("shop");
    assertThat(config.secrets().getLast().source()).isEqualTo(SourceDeclaration.PLAIN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | orders: { backend: v, path: d/static-creds/orders, target: shop }",
        "'' | d/static-creds/orders: { backend: v, target: shop }",
        "', prefix: d/' | static-creds/orders: { backend: v, target: shop }",
        "', prefix: d/static-creds/' | orders: { backend: v, target: shop }",
        "', prefix: d/static-creds/' | orders: { backend: v, path: other, target: shop }",
      })
  void aStaticRoleIsKnownByTheWholePath(String prefix, String secret) {
    AgentConfig config =
        accepted(
            """
            backends: { v: { type: vault, address: "http://127.0.0.1:8200" %s } }
            targets: { shop: { url: "jdbc:postgresql://db/orders" } }
            secrets: { %s }
            """
                .formatted(prefix, secret),
            Map.of("VAULT_TOKEN", "t"));
    assertThat(config.secrets().getFirst().source().target()).contains("shop");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ backend: v, path: d/static-creds/x, target: shap } | did you mean \"shop\"",
        "{ backend: v, path: kv/x, target: shop } | target: belongs to a static role",
        "{ target: shop } | target: belongs to a static role",
        "{ rotation: { target: shop, users: [a, b], owner: o } } | target: has no admin",
      })
  void aTargetThatMakesNoSenseIsRefused(String secret, String problem) {
    String text =
        """
        backends:
          local: {}
          v: { type: vault, address: "http://h:1", login: { type: token, token: t } }
        targets: { shop: { url: "jdbc:postgresql://db/orders" } }
        secrets: { x: %s }
        """
            .formatted(secret);
    assertThat(String.join("\n", refused(text))).contains(problem);
  }

  @ParameterizedTest
  @CsvSource({"kv/x, 1", "kv/y, 0"})
  void whatIsRotatedIsDeclaredOnce(String path, int problems) {
    String text =
        """
        backends:
          v: { type: vault, address: "http://h:1", login: { type: token, token: t } }
        targets: { shop: { url: "jdbc:postgresql://db/orders", admin: root } }
        secrets:
          root: { backend: v, path: kv/root }
          kv/x: { backend: v, rotation: { target: shop, users: [a, b], owner: o } }
          other: { backend: v, path: %s }
        """
            .formatted(path);
    Loaded loaded = load(text, Map.of());
    List<String> told =
        loaded instanceof Loaded.Refused refused
            ? refused.problems().stream().map(Object::toString).toList()
            : List.of();
    assertThat(told)
        .hasSize(problems)
        .allMatch(problem -> problem.contains("is that of kv/x, which is rotated"));
  }

  @Test
  void aWrappedSecretNamesTheFileOfItsToken() {
    AgentConfig config =
        accepted(
            """
            backends: { v: { type: vault, address: "http://127.0.0.1:8200" } }
            secrets:
              any: { backend: v, unwrap_file: /run/any, persist: true }
              one: { backend: v, unwrap_file: /run/one, path: kv/one, persist: true }
            """,
            Map.of("VAULT_TOKEN", "t"));
    assertThat(config.secrets().getFirst().source().wrapped())
        .contains(new SourceDeclaration.Wrapped(Path.of("/run/any"), Optional.empty()));
    assertThat(config.secrets().getLast().source().wrapped())
        .contains(new SourceDeclaration.Wrapped(Path.of("/run/one"), Optional.of("kv/one")));
    assertThat(config.secrets()).allSatisfy(each -> assertThat(each.persist()).isTrue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ backend: v, unwrap_file: /f } | persist: must be true with unwrap_file",
        "{ unwrap_file: /f, persist: true } | unwrap_file: belongs to a backend of type vault",
        "{ backend: v, unwrap_file: f, persist: true } | unwrap_file: is not an absolute path",
        "{ backend: v, unwrap_file: /f, persist: true, target: x } | target: cannot be had",
      })
  void aWrappedSecretThatMakesNoSenseIsRefused(String secret, String problem) {
    String backends =
        """
        backends:
          local: {}
          v: { type: vault, address: "http://h:1", login: { type: token, token: t } }
        """;
    assertThat(String.join("\n", refused(backends + "secrets: { x: " + secret + " }")))
        .contains(problem);
  }

  @Test
  void keyringsNameWhoKeepsTheirKeys() {
    AgentConfig config =
        accepted(
            """
            backends: { v: { type: vault, address: "http://127.0.0.1:8200" } }
            keyrings:
              own: {}
              plain: { backend: v }
              whole: { backend: v, mount: team/transit/, key: orders-1, derived: true }
            """,
            Map.of("VAULT_TOKEN", "t"));
    assertThat(config.keyrings())
        .isEqualTo(
            Map.of(
                "own", new KeyringSettings.Own(),
                "plain", new KeyringSettings.Transit("v", "transit", "plain", false),
                "whole", new KeyringSettings.Transit("v", "team/transit", "orders-1", true)));
    assertThat(config.catalog().keyrings()).containsExactlyInAnyOrder("own", "plain", "whole");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ x: { backend: w } } | there is no backend \"w\"",
        "{ x: { backend: local } } | keeps no keys",
        "{ x: { mount: transit } } | belongs to a keyring that a backend of type vault keeps",
        "{ x: { derived: false } } | belongs to a keyring that a backend of type vault keeps",
        "{ x: { backend: v, mont: a } } | did you mean \"mount\"",
        "{ x: { backend: v, mount: /a } } | mount: is not of the form",
        "{ x: { backend: v, key: a/b } } | key: is not of the form",
        "{ a b: { backend: v } } | cannot be the name of a key",
        "{ x: { backend: v }, y: { backend: v, key: x } } | is that of the keyring x",
      })
  void aKeyringThatMakesNoSenseIsRefused(String keyrings, String problem) {
    String backends =
        """
        backends:
          local: {}
          v: { type: vault, address: "http://h:1", login: { type: token, token: t } }
        """;
    assertThat(String.join("\n", refused(backends + "keyrings: " + keyrings))).contains(problem);
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
  void readsEveryKey() {
    AgentConfig config =
        accepted(
            """
            backends:
              v:
                type: vault
                addresses: [ "https://one:8200", "https://two:8200" ]
                namespace: team
                prefix: kv/
                kv_mounts: { "kv/": 2 }
                connect_timeout: 2s
                request_timeout: 20s
                tls: { ca: /ca.pem, certificate: /cert.pem, key: /key.pem, server_name: vault }
                login: { type: token, token: t }
            secrets:
              db:
                backend: v
                path: database/creds/db
                lease: { overlap: 5s, on_exit: revoke, exclusive: true }
            """,
            Map.of("VAULT_ADDR", "http://elsewhere", "VAULT_TOKEN", "not this"));
    assertThat(vault(config, "v"))
        .isEqualTo(
            new Vault(
                List.of(URI.create("https://one:8200"), URI.create("https://two:8200")),
                "team",
                "kv/",
                Map.of("kv/", 2),
                new BackendSettings.Tls(
                    Optional.of(Path.of("/ca.pem")),
                    Optional.of(Path.of("/cert.pem")),
                    Optional.of(Path.of("/key.pem")),
                    Optional.of("vault")),
                Optional.of(Duration.ofSeconds(2)),
                Optional.of(Duration.ofSeconds(20)),
                new Login.Token(SecretValue.ofText("t"))));
    assertThat(config.catalog().find(new SecretName("db")).orElseThrow().lease())
        .isEqualTo(new LeaseDeclaration(Duration.ofSeconds(5), true, true));
  }

  private static Login login(String text) {
    return vault(
            accepted(
                "backends: { v: { type: vault, address: \"http://h\", login: {" + text + "} } }",
                Map.of()),
            "v")
        .login();
  }

  private static Text given(String text) {
    return new Text.Given(SecretValue.ofText(text));
  }

  @Test
  void readsEveryWayToLogIn() {
    assertThat(login("type: token_file, file: /token"))
        .isEqualTo(new Login.TokenFile(Path.of("/token")));
    assertThat(
            login(
                "type: approle, mount: roles, role_id: r, secret_id: s, wrapped: true,"
                    + " delete_file: true"))
        .isEqualTo(new Login.AppRole("roles", given("r"), Optional.of(given("s")), true, true));
    assertThat(login("type: userpass, username: u, password: p"))
        .isEqualTo(new Login.Userpass("userpass", "u", given("p")));
    assertThat(login("type: userpass, username: u, password_file: /p"))
        .isEqualTo(new Login.Userpass("userpass", "u", new Text.InFile(Path.of("/p"))));
    assertThat(login("type: kubernetes, role: r, file: /jwt"))
        .isEqualTo(new Login.Kubernetes("kubernetes", "r", Optional.of(Path.of("/jwt"))));
    assertThat(
            login("type: aws, role: r, region: eu-west-1, server_id: id, file: /keys, profile: p"))
        .isEqualTo(
            new Login.Aws("aws", "r", "eu-west-1", "id", Optional.of(Path.of("/keys")), "p"));
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
