package dev.latchkey.agent.config;

import static dev.latchkey.agent.config.ConfigTexts.accepted;
import static dev.latchkey.agent.config.ConfigTexts.refusal;
import static dev.latchkey.agent.config.ConfigTexts.refused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a configuration is told by its place and with what to do. */
class ConfigRefusalsTest {

  @Test
  void anUnknownKeyNamesFileLineAndTheNearest() {
    assertThat(refused("secrets:\n  orders-db:\n    mx_stale: 1h\n"))
        .containsExactly(
            "latchkey.yml:3: secrets.orders-db.mx_stale: unknown key; did you mean"
                + " \"max_stale\"?");
    assertThat(refused("polices: []\n"))
        .containsExactly("latchkey.yml:1: polices: unknown key; did you mean \"policies\"?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "agent: { drain: soon } | is not a length of time",
        "agent: { drain: PT-5S } | agent.drain: must not be negative",
        "secrets: { x: { max_stale: PT-5S } } | must be longer than nothing",
        "telemetry: { otlp_endpoint: 'collector:4318' } | is not an address such as",
        "telemetry: { otlp_endpoint: 'http://:4318' } | is not an address such as",
        "policies: [ { callers: [ { uid: 4294967296 } ], secrets: [x], operations: [read] } ]"
            + " | must have a maximum value of 4294967294",
        "policies: [ { callers: [ { gid: 4294967295 } ], secrets: [x], operations: [read] } ]"
            + " | must have a maximum value of 4294967294",
        "agent: { management_port: '${env:WORD}' } | integer expected",
        "agent: { socket: agent.sock } | is not an absolute path",
        "agent: { state_key: { file: /a, env: B } } | takes exactly one of",
        "agent: { state_key: { file: /var/lib/latchkey/key } } | lies in state_dir",
        "agent: { socket_group: nobody-here } | there is no group",
        "agent: { socket_group: of-a-service } | is not known: getent group of-a-service did not",
        "agent: { operator_socket: /run/latchkey/op.sock } | beside the application socket",
        "agent: { drain: 1s, drain: 2s } | is not YAML",
        "[1, 2] | is not a mapping",
        "agent: { drain: '${env:NOT_SET}' } | NOT_SET is not set",
        "agent: { drain: '${file:x}' } | unknown reference",
        "secrets: { x: { backend: lokal } } | did you mean \"local\"",
        "secrets: { x: { path: y } } | differs from the name",
        "secrets: { X: {} } | must be lower-case",
        "secrets: { x: { refresh: 2h } } | is longer than max_stale",
        "secrets: { x: { max_stale: 0s } } | must be longer than nothing",
        "mounts: [ { prefix: a }, { prefix: a } ] | is opened twice",
        "targets: { t: { url: 'jdbc:postgresql:db', admin: nope } } | not declared under secrets",
        "policies: [ { callers: [ { user: ghost } ], secrets: [x], operations: [read] } ]"
            + " | there is no user",
        "policies: [ { callers: [ { executable: /bin/x } ], secrets: [x], operations: [read] } ]"
            + " | only narrows",
        "policies: [ { callers: [ { uid: 1, user: app } ], secrets: [x], operations: [read] } ]"
            + " | is given beside uid",
        "policies: [ { callers: [ { uid: 1 } ], keyrings: [defalt], operations: [encrypt] } ]"
            + " | did you mean \"default\"",
        "policies: [ { callers: [ { uid: 1 } ], operations: [read] } ] | names no secrets",
      })
  void whatIsWrongIsNamed(String text, String problem) {
    assertThat(String.join("\n", refused(text))).contains(problem);
  }

  @Test
  void onlyWhatAnotherStartMayHealPasses() {
    String untold = "{ group: of-a-service }";
    assertThat(refusal(policy(untold)).mayPass()).isTrue();
    assertThat(refusal(policy(untold + ", { group: nobodies }")).mayPass()).isFalse();
    assertThat(refusal(policy("{ group: nobodies }")).mayPass()).isFalse();
    assertThat(refusal("agent: { socket_group: of-a-service }").mayPass()).isTrue();
    assertThat(
            refusal(
                    "{ secrets: { x: {} }, files: { f: { path: /f/g, secret: x,"
                        + " group: of-a-service } } }")
                .mayPass())
        .isTrue();
    assertThat(refusal("agent: { drain: never }").mayPass()).isFalse();
  }

  private static String policy(String callers) {
    return "{ secrets: { x: {} }, policies: [ { callers: [ "
        + callers
        + " ], secrets: [x], operations: [read] } ] }";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "users: [a, b], owner: o, overlap: 1m, rollback_window: 2m | rollback_window: is longer",
        "users: [a, b], owner: o, interval: 1m, overlap: 2m, rollback_window: 1m | interval: is",
        "users: [a, b], owner: o, rollback_window: PT-5S | rollback_window: must not be negative",
        "users: [a, a], owner: o | users: must name two different",
        "users: [a, b], owner: a | owner: must be another role",
      })
  void aRotationThatMakesNoSenseIsRefused(String rotation, String problem) {
    String text =
        "targets: { t: { url: \"jdbc:postgresql://h/db\", admin: admin } }\n"
            + "secrets: { admin: {}, x: { rotation: { target: t, "
            + rotation
            + " } } }";
    assertThat(String.join("\n", refused(text))).contains(problem);
  }

  /** An image may have no name for a group that its users share. */
  @Test
  void theGroupOfTheSocketMayBeANumberWithoutAName() {
    assertThat(accepted("agent: { socket_group: '20000' }").agent().socketGroup())
        .contains("20000");
  }

  @Test
  void twoSecretsMayNotRotateOneLogin() {
    String text =
        """
        targets: { t: { url: "jdbc:postgresql://h/db", admin: admin } }
        secrets:
          admin: {}
          x: { rotation: { target: t, users: [a, b], owner: o } }
          y: { rotation: { target: t, users: [b, c], owner: o } }
        """;
    assertThat(refused(text)).singleElement().asString().contains("rotated by x already");
  }

  @Test
  void aDeclaredSetOverTheBoundIsRefused() {
    StringBuilder text = new StringBuilder("agent: { cache_bytes: 65536 }\nsecrets:\n");
    for (int i = 0; i < 129; i++) {
      text.append("  s").append(i).append(": {}\n");
    }
    assertThat(refused(text.toString())).singleElement().asString().contains("cache_bytes");
  }

  @Test
  void whatIsHeldMayTakeNoMoreThanAQuarterOfTheMemory() {
    long most = Runtime.getRuntime().maxMemory() / 4;
    assertThat(refused("agent: { cache_bytes: " + (most + 1) + " }"))
        .singleElement()
        .asString()
        .contains("agent.cache_bytes: is over " + most + ", a quarter of the agent's memory");
    assertThat(accepted("agent: { cache_bytes: " + most + " }").agent().cacheBytes())
        .isEqualTo(most);
    assertThat(accepted("agent: {}").agent().cacheBytes()).isEqualTo(most);
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThat(refused("agent: { drian: 1s }\naudit: { queu: 5 }\nsecret: {}\n")).hasSize(3);
  }

  @Test
  void aSecondDocumentIsRefusedWithItsLine() {
    assertThat(refused("agent: { drain: 1s }\n---\nsecrets: {}\n"))
        .singleElement()
        .asString()
        .startsWith("latchkey.yml:3: holds a second document");
    assertThat(accepted("---\nagent: { drain: 1s }\n").agent().drain()).hasSeconds(1);
  }
}
