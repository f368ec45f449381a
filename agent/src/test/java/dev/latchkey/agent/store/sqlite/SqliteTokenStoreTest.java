package dev.latchkey.agent.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Login.Token;
import dev.latchkey.agent.backend.TokenStore;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTokenStoreTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456789Z");
  private static final String MARKER = "hvs.marker-of-a-token";

  @TempDir Path directory;

  private OpenedStore opened;

  @BeforeEach
  void open() {
    opened = OpenedStore.open(directory.resolve("state"));
  }

  @AfterEach
  void close() {
    opened.close();
  }

  private static Token token(String accessor) {
    return new Token(
        SecretValue.ofText(MARKER),
        accessor,
        NOW,
        Optional.of(NOW.plusSeconds(60)),
        Optional.empty(),
        Duration.ofSeconds(60),
        true);
  }

  private TokenStore store() {
    return opened.store().tokens();
  }

  private Optional<TokenStore.Kept> find(String backend) {
    return opened.store().call(transaction -> store().find(transaction, backend));
  }

  @Test
  void keepsTheNewestTokenOfEachBackend() {
    opened.store().run(transaction -> store().keep(transaction, "vault", "here", token("first")));
    opened.store().run(transaction -> store().keep(transaction, "vault", "here", token("second")));
    opened.store().run(transaction -> store().keep(transaction, "other", "there", token("third")));
    assertThat(find("vault")).contains(new TokenStore.Kept("here", token("second")));
    assertThat(find("other")).contains(new TokenStore.Kept("there", token("third")));
    opened.store().run(transaction -> store().forget(transaction, "vault"));
    assertThat(find("vault")).isEmpty();
    assertThat(find("other")).isPresent();
  }

  @Test
  void leavesNoTokenInTheFilesInClear() throws Exception {
    opened
        .store()
        .run(transaction -> store().keep(transaction, "vault", "here", token("accessor")));
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(MARKER);
      }
    }
  }
}
