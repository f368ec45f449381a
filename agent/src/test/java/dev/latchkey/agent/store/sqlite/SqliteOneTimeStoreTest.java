package dev.latchkey.agent.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.OneTimeStore;
import dev.latchkey.agent.backend.OneTimeStore.Opened;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteOneTimeStoreTest {

  private static final String MARKER = "marker-of-a-secret-id";

  @TempDir Path directory;

  private OpenedStore world;

  @BeforeEach
  void open() {
    world = OpenedStore.open(directory.resolve("state"));
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static Opened opened(String source, boolean used) {
    return new Opened("here", SecretValue.ofText(source), SecretValue.ofText(MARKER), used);
  }

  private OneTimeStore store() {
    return world.store().oneTime();
  }

  private Optional<Opened> find(String backend) {
    return world.store().call(transaction -> store().find(transaction, backend));
  }

  @Test
  void keepsTheNewestPieceOfEachLoginWithEveryField() {
    assertThat(find("vault")).isEmpty();
    world.store().run(transaction -> store().keep(transaction, "vault", opened("a", false)));
    world.store().run(transaction -> store().keep(transaction, "vault", opened("b", true)));
    world.store().run(transaction -> store().keep(transaction, "other", opened("c", false)));
    assertThat(find("vault")).contains(opened("b", true));
    assertThat(find("other")).contains(opened("c", false));
  }

  @Test
  void leavesNothingInTheFilesInClear() throws Exception {
    world.store().run(transaction -> store().keep(transaction, "vault", opened(MARKER, false)));
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(MARKER);
      }
    }
  }
}
