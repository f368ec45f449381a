package dev.latchkey.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.v1.Credential;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How fields become variables, and what of the caller's is passed on. */
class VariablesTest {
  private final Variables variables = new Variables();

  @Test
  void aFieldsVariableIsThePrefixAndItsNameInCapitals() {
    variables.fields(credential("app/orders-db", Map.of("tls.key-file", "k", "user", "u")), "DB_");
    variables.field("PGPASSWORD", credential("x", Map.of("p", "=a\n=b=")), "p");
    assertThat(entries()).containsExactly("DB_TLS_KEY_FILE=k", "DB_USER=u", "PGPASSWORD==a\n=b=");
    assertThat(Variables.prefix("app/orders-db.2")).isEqualTo("APP_ORDERS_DB_2_");
  }

  @Test
  void bytesThatAreNoTextStayAsTheyAre() {
    Credential credential =
        Credential.newBuilder()
            .setName("a")
            .putFields("b", ByteString.copyFrom(new byte[] {(byte) 0xff, 1, (byte) 0xc3}))
            .build();
    variables.fields(credential, "");
    assertThat(variables.entries(1 << 20).getFirst())
        .containsExactly('B', '=', (byte) 0xff, 1, (byte) 0xc3);
  }

  @Test
  void twoSourcesOfOneVariableAreRefused() {
    variables.pass("LANG", "C".getBytes(UTF_8));
    assertThatThrownBy(() -> variables.fields(credential("s", Map.of("lang", "x")), ""))
        .hasMessage("the variable LANG comes from the caller's environment and from s#lang");
    variables.fields(credential("a", Map.of("key", "x")), "K_");
    assertThatThrownBy(() -> variables.fields(credential("b", Map.of("key", "x")), "K_"))
        .hasMessageContaining("K_KEY comes from a#key and from b#key");
  }

  @Test
  void whatCannotBeAVariableIsRefusedWithoutItsValue() {
    assertThatThrownBy(() -> variables.fields(credential("s", Map.of("a b", "MARK")), "P_"))
        .hasMessage("'P_A B', from s#a b, is no name for a variable");
    assertThatThrownBy(() -> variables.fields(credential("s", Map.of("1", "MARK")), ""))
        .hasMessageContaining("no name for a variable");
    assertThatThrownBy(() -> variables.fields(credential("s", Map.of("a", "MARK\0")), ""))
        .hasMessage("the value of s#a holds a zero byte, which no environment can");
    assertThatThrownBy(() -> variables.field("V", credential("s", Map.of("a", "MARK")), "b"))
        .hasMessage("the secret 's' has no field 'b'");
  }

  @Test
  void whatIsLongerThanTheSystemTakesIsRefusedWithoutItsValue() {
    Map<String, String> longest = Map.of("k", "x".repeat((128 << 10) - 5));
    variables.fields(credential("fits", longest), "A_");
    assertThat(variables.entries(1 << 20)).hasSize(1);
    assertThatThrownBy(() -> variables.entries(128 << 10))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("the environment, with A_K is longer than the system takes, 131072 bytes here");
    variables.fields(credential("long", longest), "AB_");
    assertThatThrownBy(() -> variables.entries(1 << 20))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("the value of long#k is longer than the system takes, 131072 bytes here");
  }

  @Test
  void aFieldChoosesNothingThatIsRunUnlessItsVariableIsNamed() {
    for (String field :
        List.of(
            "ld_preload",
            "bash-env",
            "path",
            "python.startup",
            "env",
            "ifs",
            "home",
            "lessopen",
            "openssl_conf",
            "dotnet_startup_hooks",
            "pager",
            "manpager",
            "editor",
            "sudo_editor",
            "visual",
            "ssh_askpass",
            "xdg_config_home",
            "https_proxy",
            "maven.opts")) {
      assertThatThrownBy(() -> variables.fields(credential("s", Map.of(field, "MARK")), ""))
          .as(field)
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("s#" + field + ", would steer what is run");
    }
    assertThatThrownBy(() -> variables.fields(credential("ld", Map.of("preload", "x")), "LD_"))
        .hasMessageContaining("LD_PRELOAD");
    variables.fields(credential("db", Map.of("path", "p", "ld_preload", "l")), "DB_");
    variables.field("LD_PRELOAD", credential("s", Map.of("a", "named")), "a");
    variables.fields(credential("npm", Map.of("token", "t")), Variables.prefix("npm"));
    assertThat(entries())
        .containsExactly("DB_LD_PRELOAD=l", "DB_PATH=p", "LD_PRELOAD=named", "NPM_TOKEN=t");
  }

  @Test
  void onlyWhatIsNamedIsPassedOnAndOursByNoPattern() {
    Map<String, String> caller =
        Map.of(
            "PATH", "p", "LC_ALL", "l", "LATCHKEY_SOCKET", "s", "JAVA_TOOL_OPTIONS", "j", "_", "u");
    assertThat(new Passed(List.of()).of(caller)).isEmpty();
    assertThat(new Passed(Passed.USUAL).of(caller)).containsOnlyKeys("PATH", "LC_ALL");
    assertThat(new Passed(List.of("*")).of(caller)).containsOnlyKeys("PATH", "LC_ALL");
    assertThat(new Passed(List.of("L*L", "P.TH")).of(caller)).containsOnlyKeys("LC_ALL");
    assertThat(new Passed(List.of("LATCHKEY_SOCKET", "JAVA_TOOL_OPTIONS")).of(caller))
        .containsOnlyKeys("LATCHKEY_SOCKET", "JAVA_TOOL_OPTIONS");
  }

  private List<String> entries() {
    return variables.entries(1 << 20).stream().map(entry -> new String(entry, UTF_8)).toList();
  }

  private static Credential credential(String name, Map<String, String> fields) {
    Credential.Builder credential = Credential.newBuilder().setName(name);
    fields.forEach((field, value) -> credential.putFields(field, ByteString.copyFromUtf8(value)));
    return credential.build();
  }
}
