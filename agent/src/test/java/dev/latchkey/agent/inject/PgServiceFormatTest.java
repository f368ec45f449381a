package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.States.SECRET;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.SecretContent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgServiceFormatTest {

  private static PgServiceFormat format(Map<String, String> options) {
    return new PgServiceFormat(SECRET, "orders", new TreeMap<>(options));
  }

  private static List<String> pair(
      PgServiceFormat format, SecretContent now, Optional<SecretContent> before) {
    Values values =
        new Values(
            Map.of(SECRET, States.state(SECRET, 2, now)),
            before
                .map(content -> Map.of(SECRET, States.state(SECRET, 1, content)))
                .orElse(Map.of()));
    List<FileContent> pair = format.render("", values);
    assertThat(pair).extracting(FileContent::name).containsExactly("pg_service.conf", "pgpass");
    return pair.stream().map(file -> new String(file.bytes(), StandardCharsets.UTF_8)).toList();
  }

  private static SecretContent login(String user, String password) {
    return content("username", user, "password", password);
  }

  @Test
  void thePassfileHasTheCurrentAndThePreviousUser() {
    assertThat(
            pair(
                format(Map.of("host", "db.example.com", "port", "5432", "dbname", "orders")),
                login("orders_b", "new"),
                Optional.of(login("orders_a", "old"))))
        .containsExactly(
            """
            [orders]
            dbname=orders
            host=db.example.com
            port=5432
            user=orders_b
            """,
            """
            db.example.com:5432:*:orders_b:new
            db.example.com:5432:*:orders_a:old
            """);
  }

  @Test
  void thePreviousPasswordOfTheSameUserIsOfNoUse() {
    assertThat(pair(format(Map.of()), login("one", "new"), Optional.of(login("one", "old"))).get(1))
        .isEqualTo("*:*:*:one:new\n");
  }

  @Test
  void colonsAndBackslashesAreEscapedInThePassfileAlone() {
    assertThat(
            pair(
                format(Map.of("host", "::1", "port", "1,2")),
                login("a:b\\c", ":p\\: "),
                Optional.empty()))
        .containsExactly(
            "[orders]\nhost=::1\nport=1,2\nuser=a:b\\c\n", "\\:\\:1:*:*:a\\:b\\\\c:\\:p\\\\\\: \n");
  }

  @Test
  void aSocketsDirectoryMatchesAnyHost() {
    assertThat(pair(format(Map.of("host", "/run/postgresql")), login("u", "p"), Optional.empty()))
        .last()
        .isEqualTo("*:*:*:u:p\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\rb", "a\0b"})
  void lineEndsAreRefused(String nasty) {
    assertThatThrownBy(() -> pair(format(Map.of()), login("u", nasty), Optional.empty()))
        .hasMessageContaining("orders-db: password holds a line end or a byte 0");
    assertThatThrownBy(() -> pair(format(Map.of()), login(nasty, "p"), Optional.empty()))
        .hasMessageContaining("orders-db: username holds a line end or a byte 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " u", "u ", "u\t"})
  void aUserThatAServiceFileWouldCutIsRefused(String odd) {
    assertThatThrownBy(() -> pair(format(Map.of()), login(odd, "p"), Optional.empty()))
        .hasMessageContaining("begins or ends with white space");
  }
}
