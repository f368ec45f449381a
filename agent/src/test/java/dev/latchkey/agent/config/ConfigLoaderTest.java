package dev.latchkey.agent.config;

import static dev.latchkey.agent.config.ConfigTexts.ACCOUNTS;
import static dev.latchkey.agent.config.ConfigTexts.accepted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.agent.access.CallerCondition;
import dev.latchkey.agent.access.Decision;
import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.attest.process.OwnUser;
import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.config.AgentConfig.AuditSettings;
import dev.latchkey.agent.config.AgentConfig.Settings;
import dev.latchkey.agent.config.AgentConfig.StateKey;
import dev.latchkey.agent.config.AgentConfig.TelemetrySettings;
import dev.latchkey.agent.secret.SecretName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

  /** Sets every key there is to something else than its default. */
  private static final String EVERYTHING =
      """
      agent:
        state_dir: /srv/state
        state_key: { passphrase_file: /srv/passphrase }
        socket: /srv/app/agent.sock
        operator_socket: /srv/operator/operator.sock
        socket_group: apps
        management_port: ${env:PORT}
        cache_bytes: 1048576
        drain: 1m30s
        max_message_bytes: 65536
        quit_after: { pid_file: /srv/app/app.pid }
      telemetry: { otlp_endpoint: "http://127.0.0.1:4318", traces: false, sample_ratio: 0.5 }
      audit: { when_full: serve, queue: 1024 }
      backends: { mine: { type: local } }
      mounts: [ { prefix: "app/", backend: mine, max_stale: 2h, refresh: 10m, persist: true } ]
      targets:
        orders:
          type: postgresql
          url: jdbc:postgresql://${env:HOST:-127.0.0.1}:5432/orders
          admin: orders-admin
          databases: [orders, archive]
      secrets:
        orders-admin: { backend: mine }
        orders-db:
          backend: mine
          path: orders-db
          kind: database
          required: true
          max_stale: 3h
          refresh: PT15M
          persist: true
          environment: prod
          rotation:
            target: orders
            users: [orders_a, orders_b]
            owner: orders_owner
            interval: 1d
            overlap: 20m
            rollback_window: 15m
      keyrings: { payments: {} }
      policies:
        - callers:
            - { uid: 1000, executable: /usr/bin/app }
            - { gid: 50 }
            - { user: app }
            - { group: apps }
          secrets: [ "orders-*" ]
          keyrings: [ payments ]
          operations: [ read, watch, list, encrypt, decrypt ]
      """;

  /**
   * Every key of the schema; {@code *} stands for a name of the user's choice, {@code []} for an
   * item.
   */
  private static final Set<String> TESTED_KEYS =
      Set.of(
          "agent",
          "agent.state_dir",
          "agent.state_key",
          "agent.state_key.file",
          "agent.state_key.env",
          "agent.state_key.credential",
          "agent.state_key.passphrase_file",
          "agent.socket",
          "agent.operator_socket",
          "agent.socket_group",
          "agent.management_port",
          "agent.cache_bytes",
          "agent.drain",
          "agent.max_message_bytes",
          "agent.quit_after",
          "agent.quit_after.pid_file",
          "telemetry",
          "telemetry.otlp_endpoint",
          "telemetry.traces",
          "telemetry.sample_ratio",
          "audit",
          "audit.when_full",
          "audit.queue",
          "backends",
          "backends.*.type",
          "mounts",
          "mounts[].prefix",
          "mounts[].backend",
          "mounts[].max_stale",
          "mounts[].refresh",
          "mounts[].persist",
          "targets",
          "targets.*.type",
          "targets.*.url",
          "targets.*.admin",
          "targets.*.databases",
          "secrets",
          "secrets.*.backend",
          "secrets.*.path",
          "secrets.*.kind",
          "secrets.*.required",
          "secrets.*.max_stale",
          "secrets.*.refresh",
          "secrets.*.persist",
          "secrets.*.environment",
          "secrets.*.rotation",
          "secrets.*.rotation.target",
          "secrets.*.rotation.users",
          "secrets.*.rotation.owner",
          "secrets.*.rotation.interval",
          "secrets.*.rotation.overlap",
          "secrets.*.rotation.rollback_window",
          "keyrings",
          "policies",
          "policies[].callers",
          "policies[].callers[].uid",
          "policies[].callers[].gid",
          "policies[].callers[].user",
          "policies[].callers[].group",
          "policies[].callers[].executable",
          "policies[].secrets",
          "policies[].keyrings",
          "policies[].operations");

  @Test
  void everyKeyOfTheSchemaIsTested() {
    Set<String> keys = new TreeSet<>();
    collect(new ShippedSchema().tree(), "", keys);
    Set<String> tested = new TreeSet<>(TESTED_KEYS);
    tested.addAll(VaultBackendConfigTest.TESTED_KEYS);
    tested.addAll(FilesConfigTest.TESTED_KEYS);
    assertThat(keys).containsExactlyElementsOf(tested);
  }

  private static void collect(JsonNode part, String path, Set<String> keys) {
    part.path("properties")
        .properties()
        .forEach(
            property -> {
              String key = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
              keys.add(key);
              collect(property.getValue(), key, keys);
            });
    if (part.path("additionalProperties").isObject()) {
      collect(part.path("additionalProperties"), path + ".*", keys);
    }
    if (part.path("items").isObject()) {
      collect(part.path("items"), path + "[]", keys);
    }
  }

  @Test
  void everyKeyHasADescriptionForEditors() {
    Set<String> undescribed = new TreeSet<>();
    collectUndescribed(new ShippedSchema().tree(), "", undescribed);
    assertThat(undescribed).isEmpty();
  }

  private static void collectUndescribed(JsonNode part, String path, Set<String> found) {
    part.path("properties")
        .properties()
        .forEach(
            property -> {
              if (!property.getValue().has("description")) {
                found.add(path + "." + property.getKey());
              }
              collectUndescribed(property.getValue(), path + "." + property.getKey(), found);
            });
    part.path("additionalProperties").forEach(each -> collectUndescribed(each, path, found));
    part.path("items").forEach(each -> collectUndescribed(each, path, found));
  }

  @Test
  void anEmptyFileHasEveryDefault() {
    assertThat(accepted(""))
        .isEqualTo(
            new AgentConfig(
                false,
                new Settings(
                    Path.of("/var/lib/latchkey"),
                    new StateKey.KeyFile(Path.of("/etc/latchkey/state.key")),
                    Path.of("/run/latchkey/agent.sock"),
                    Path.of("/run/latchkey/operator/operator.sock"),
                    Optional.empty(),
                    9911,
                    Runtime.getRuntime().maxMemory() / 4,
                    Duration.ofSeconds(10),
                    4194304,
                    Optional.empty()),
                new TelemetrySettings(Optional.empty(), true, 1.0),
                new AuditSettings(false, 65536),
                Map.of("local", new BackendSettings.Local()),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of("default", new KeyringSettings.Own()),
                List.of()));
  }

  @Test
  void anEmptyEntryHasEveryDefault() {
    AgentConfig config =
        accepted(
            """
            mounts: [ { prefix: "" } ]
            targets: { db: { url: "jdbc:postgresql://h/orders", admin: admin } }
            secrets:
              admin: {}
              rotated: { rotation: { target: db, users: [a, b], owner: o } }
            """);
    Duration hour = Duration.ofHours(1);
    Duration fiveMinutes = Duration.ofMinutes(5);
    assertThat(config.mounts()).containsExactly(new Mount("", "local", hour, fiveMinutes));
    assertThat(config.targets())
        .containsExactly(
            new TargetDeclaration(
                "db",
                "postgresql",
                "jdbc:postgresql://h/orders",
                Optional.of(new SecretName("admin")),
                List.of("orders")));
    RotationDeclaration rotation =
        new RotationDeclaration(
            "db",
            List.of("a", "b"),
            "o",
            Optional.empty(),
            Duration.ofMinutes(10),
            Duration.ofMinutes(5));
    assertThat(config.secrets())
        .containsExactly(
            declared("admin", hour, fiveMinutes, Optional.empty()),
            declared("rotated", hour, fiveMinutes, Optional.of(rotation)));
  }

  private static Declaration declared(
      String name, Duration maxStale, Duration refresh, Optional<RotationDeclaration> rotation) {
    return new Declaration(
        new SecretName(name),
        "local",
        name,
        "static",
        false,
        maxStale,
        refresh,
        true,
        "",
        rotation);
  }

  @Test
  void everyKeyIsRead() {
    AgentConfig config = accepted(EVERYTHING);
    assertThat(config.agent())
        .isEqualTo(
            new Settings(
                Path.of("/srv/state"),
                new StateKey.PassphraseFile(Path.of("/srv/passphrase")),
                Path.of("/srv/app/agent.sock"),
                Path.of("/srv/operator/operator.sock"),
                Optional.of("apps"),
                9000,
                1048576,
                Duration.ofSeconds(90),
                65536,
                Optional.of(Path.of("/srv/app/app.pid"))));
    assertThat(config.telemetry())
        .isEqualTo(new TelemetrySettings(Optional.of("http://127.0.0.1:4318"), false, 0.5));
    assertThat(config.audit()).isEqualTo(new AuditSettings(true, 1024));
    assertThat(config.backends()).isEqualTo(Map.of("mine", new BackendSettings.Local()));
    assertThat(config.mounts())
        .containsExactly(new Mount("app/", "mine", Duration.ofHours(2), Duration.ofMinutes(10)));
    assertThat(config.keyrings()).isEqualTo(Map.of("payments", new KeyringSettings.Own()));
    assertThat(config.targets().getFirst().url())
        .isEqualTo("jdbc:postgresql://127.0.0.1:5432/orders");
    assertThat(config.targets().getFirst().databases()).containsExactly("orders", "archive");
  }

  @Test
  void everyKeyOfASecretIsRead() {
    assertThat(accepted(EVERYTHING).secrets().getLast())
        .isEqualTo(
            new Declaration(
                new SecretName("orders-db"),
                "mine",
                "orders-db",
                "database",
                true,
                Duration.ofHours(3),
                Duration.ofMinutes(15),
                true,
                "prod",
                Optional.of(
                    new RotationDeclaration(
                        "orders",
                        List.of("orders_a", "orders_b"),
                        "orders_owner",
                        Optional.of(Duration.ofDays(1)),
                        Duration.ofMinutes(20),
                        Duration.ofMinutes(15)))));
  }

  @Test
  void everyKeyOfAPolicyIsRead() {
    var rule = accepted(EVERYTHING).policies().getFirst();
    assertThat(rule.callers())
        .containsExactly(
            new CallerCondition(
                OptionalInt.of(1000), OptionalInt.empty(), Optional.of(Path.of("/usr/bin/app"))),
            CallerCondition.gid(50),
            CallerCondition.uid(1001),
            CallerCondition.gid(1002));
    assertThat(rule.operations()).containsExactlyInAnyOrder(Operation.values());
    assertThat(rule.secrets()).hasToString("[orders-*]");
    assertThat(rule.keyrings()).hasToString("[payments]");
  }

  @ParameterizedTest
  @CsvSource({
    "file, /etc/k, 'KeyFile[file=/etc/k]'",
    "env, KEY, KeyVariable[name=KEY]",
    "credential, key, SystemdCredential[name=key]",
    "passphrase_file, /etc/p, 'PassphraseFile[file=/etc/p]'"
  })
  void everySourceOfTheStateKeyIsRead(String key, String value, String expected) {
    AgentConfig config = accepted("agent: { state_key: { " + key + ": " + value + " } }");
    assertThat(config.agent().stateKey()).hasToString(expected);
  }

  @Test
  void aReferenceBecomesWhatTheSchemaWantsWhateverItLooksLike() {
    AgentConfig config =
        accepted(
            """
            telemetry: { sample_ratio: "${env:RATIO}", traces: "${env:WORD}" }
            secrets:
              x: { kind: "${env:YEAR}", environment: "${env:WORD}", required: "${env:WORD}" }
            policies:
              - { callers: [ { uid: "${env:ID}" } ], secrets: [ "${env:YEAR}" ], operations: [read] }
            """);
    assertThat(config.telemetry().sampleRatio()).isEqualTo(0.5);
    assertThat(config.telemetry().traces()).isTrue();
    Declaration secret = config.secrets().getFirst();
    assertThat(secret.kind()).isEqualTo("2024");
    assertThat(secret.environment()).isEqualTo("true");
    assertThat(secret.required()).isTrue();
    assertThat(config.policies().getFirst().callers())
        .containsExactly(CallerCondition.uid((int) 4294967294L));
    assertThat(config.policies().getFirst().callers().getFirst().words())
        .isEqualTo("uid 4294967294");
    assertThat(
            accepted("telemetry: { sample_ratio: \"${env:ZERO:-0}\" }").telemetry().sampleRatio())
        .isZero();
  }

  @Test
  void devWithAFileGrantsNothingThatTheFileDoesNot() {
    String text = "policies: [ { callers: [ { uid: 7 } ], secrets: [x], operations: [read] } ]";
    AgentConfig config =
        ((Loaded.Accepted)
                new ConfigLoader(Map.of(), ACCOUNTS, target -> {})
                    .parse("latchkey.yml", text, true))
            .config();
    assertThat(config.dev()).isTrue();
    assertThat(config.policies())
        .singleElement()
        .satisfies(rule -> assertThat(rule.callers()).containsExactly(CallerCondition.uid(7)));
  }

  @Test
  void devWithoutAFileLetsTheOwnUidDoEverything() {
    ConfigLoader loader =
        new ConfigLoader(Map.of("LATCHKEY_DEV_DIR", "/dev-dir"), ACCOUNTS, target -> {});
    AgentConfig config = ((Loaded.Accepted) loader.dev()).config();
    assertThat(config.dev()).isTrue();
    assertThat(config.agent().stateDir()).isEqualTo(Path.of("/dev-dir/state"));
    assertThat(config.agent().stateKey())
        .isEqualTo(new StateKey.KeyFile(Path.of("/dev-dir/state.key")));
    assertThat(config.agent().socket()).isEqualTo(Path.of("/dev-dir/agent.sock"));
    assertThat(config.agent().operatorSocket())
        .isEqualTo(Path.of("/dev-dir/operator/operator.sock"));
    assertThat(config.keyrings()).containsOnlyKeys("default");
    assertThat(config.catalog().find(new SecretName("anything"))).isPresent();
    assertThat(config.policies())
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(rule.callers()).containsExactly(CallerCondition.uid(OwnUser.uid()));
              assertThat(rule.operations()).containsExactlyInAnyOrder(Operation.values());
            });
    Caller self = new Caller(OwnUser.uid(), 5, 1, Optional.empty());
    for (Operation operation : Operation.values()) {
      assertThat(config.policy().decide(self, operation, "default"))
          .isInstanceOf(Decision.Granted.class);
    }
  }

  @Test
  void aMissingFileIsAProblemThatSaysWhatToDo() {
    Loaded loaded =
        new ConfigLoader(Map.of(), ACCOUNTS, target -> {})
            .load(Path.of("/does/not/exist.yml"), false);
    assertThat(loaded.toString()).contains("does not exist").contains("--dev");
  }
}
