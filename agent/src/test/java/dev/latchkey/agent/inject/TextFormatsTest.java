package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.States.SECRET;
import static dev.latchkey.agent.inject.States.bytes;
import static dev.latchkey.agent.inject.States.content;
import static dev.latchkey.agent.inject.States.rendered;
import static dev.latchkey.agent.inject.States.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class TextFormatsTest {

  private static final String NASTY =
      "it's \"quoted\" $HOME `id` $(id) \\ \\n"
          + " !! #x =:;&|<>*?~ \t\r\n"
          + "next\n"
          + "' end \u00e4\u20ac\ud83d\udd11 ";
  private static final byte[] NO_TEXT = {(byte) 0xff, (byte) 0xfe, 'x'};

  private static final Fields ALL = Fields.all(SECRET);

  @Test
  void rawIsTheBytesAsTheyAre() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    assertThat(rendered(new RawFormat(SECRET, Optional.of("x"), false), bytes("x", all)))
        .isEqualTo(all);
    byte[] large = new byte[1 << 20];
    Arrays.fill(large, (byte) 'l');
    assertThat(rendered(new RawFormat(SECRET, Optional.empty(), false), bytes("x", large)))
        .isEqualTo(large);
    assertThat(rendered(new RawFormat(SECRET, Optional.empty(), true), bytes("x")))
        .containsExactly('\n');
  }

  @Test
  void rawOfSeveralFieldsMustNameOneAndSaysWhichThereAre() {
    SecretContent two = content("password", "p", "username", "u");
    assertThatThrownBy(() -> rendered(new RawFormat(SECRET, Optional.empty(), false), two))
        .isInstanceOf(SecretException.class)
        .hasMessage("orders-db has the fields password, username; name one of them by field");
    assertThatThrownBy(() -> rendered(new RawFormat(SECRET, Optional.of("pasword"), false), two))
        .hasMessage("orders-db has no field \"pasword\"; it has password, username");
  }

  @Test
  void dotenvLooksAsExpected() {
    assertThat(
            text(
                new DotenvFormat(new Fields(SECRET, List.of(), "DB_")),
                content("password", "it's", "user-name", "")))
        .isEqualTo("DB_PASSWORD='it'\\''s'\nDB_USER_NAME=''\n");
    assertThat(
            text(
                new DotenvFormat(new Fields(SECRET, List.of("b"), "")),
                content("a", "1", "b", "2")))
        .isEqualTo("B='2'\n");
  }

  @Test
  void dotenvRefusesWhatNoVariableHolds() {
    DotenvFormat dotenv = new DotenvFormat(ALL);
    assertThatThrownBy(() -> rendered(dotenv, bytes("x", (byte) 'a', (byte) 0)))
        .hasMessage("orders-db: X holds a byte 0, which no variable can hold");
    assertThatThrownBy(() -> rendered(dotenv, content("1st", "x")))
        .hasMessage("orders-db: no variable can be called 1ST; set a prefix");
    assertThatThrownBy(() -> rendered(dotenv, content("a-b", "x", "a.b", "y")))
        .hasMessageContaining("two fields would be written as A_B");
  }

  @Test
  void jsonKeepsEveryTextAsATextAndIsReadBack() throws Exception {
    SecretContent content =
        content("number", "5432", "truth", "true", "nasty", NASTY, "empty", "", "nul", "a\0b");
    JsonNode read = new ObjectMapper().readTree(rendered(new JsonFormat(ALL), content));
    assertThat(read.path("number").isTextual()).isTrue();
    assertThat(read.path("number").asText()).isEqualTo("5432");
    assertThat(read.path("truth").isTextual()).isTrue();
    assertThat(read.path("nasty").asText()).isEqualTo(NASTY);
    assertThat(read.path("empty").asText()).isEmpty();
    assertThat(read.path("nul").asText()).isEqualTo("a\0b");
    assertThat(text(new JsonFormat(ALL), content("a", "1", "b\"\n", "\u0001\"")))
        .isEqualTo("{\n  \"a\": \"1\",\n  \"b\\\"\\n\": \"\\u0001\\\"\"\n}\n");
  }

  @Test
  void propertiesAreReadBackByJava() throws Exception {
    Map<String, String> fields = new HashMap<>();
    fields.put("nasty", NASTY);
    fields.put("a key = with: all #of !it", " led and trailed ");
    fields.put("empty", "");
    fields.put("nul", "a\0b\f\u2028");
    fields.put("large", "x".repeat(1 << 20));
    Map<String, SecretValue> values = new HashMap<>();
    fields.forEach((name, value) -> values.put(name, SecretValue.ofText(value)));
    byte[] written = rendered(new PropertiesFormat(ALL), new SecretContent(values));
    Properties read = new Properties();
    read.load(new ByteArrayInputStream(written));
    assertThat(read).isEqualTo(fields);
    Properties asUtf8 = new Properties();
    asUtf8.load(new java.io.StringReader(new String(written, StandardCharsets.UTF_8)));
    assertThat(asUtf8).isEqualTo(fields);
    assertThat(
            text(
                new PropertiesFormat(new Fields(SECRET, List.of(), "db.")), content("a", "\u00e4")))
        .isEqualTo("db.a=\\u00e4\n");
  }

  @Test
  void whatIsNoTextIsRefusedWhereTextIsWritten() {
    for (Format format : List.of(new JsonFormat(ALL), new PropertiesFormat(ALL))) {
      assertThatThrownBy(() -> rendered(format, bytes("x", NO_TEXT)))
          .hasMessage("orders-db: x is no text in UTF-8, so only the format raw can hold it");
    }
  }

  @Test
  void theSameValuesGiveTheSameBytesAndNoTextFormTellsThem() {
    SecretContent content = content("b", NASTY, "a", "2");
    for (Format format :
        List.of(new DotenvFormat(ALL), new JsonFormat(ALL), new PropertiesFormat(ALL))) {
      assertThat(rendered(format, content))
          .isEqualTo(rendered(format, content("a", "2", "b", NASTY)));
      assertThat(format.render("f", States.values(content)).toString())
          .doesNotContain("2", "quoted");
    }
  }
}
