package dev.latchkey.agent.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.crypto.StateKeySource.EnvironmentVariable;
import dev.latchkey.agent.crypto.StateKeySource.KeyFile;
import dev.latchkey.agent.crypto.StateKeySource.PassphraseFile;
import dev.latchkey.agent.crypto.StateKeySource.SystemdCredential;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateKeyReaderTest {

  private static final String BASE64 = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
  private static final byte[] SALT = new byte[16];

  @TempDir Path directory;

  private final Map<String, String> environment = new HashMap<>();
  private final StateKeyReader reader = new StateKeyReader(environment::get);

  private Path file(String text) throws IOException {
    Path file = directory.resolve("key");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private void assertSeven(StateKeySource source) {
    assertThat(reader.read(source, SALT).bytes()).isEqualTo(TinkSealerTest.key(7).bytes());
  }

  @Test
  void readsBase64AndHexadecimalWithAnyWhiteSpaceAround() throws IOException {
    assertSeven(new KeyFile(file(BASE64)));
    assertSeven(new KeyFile(file(" " + BASE64 + "\r\n")));
    assertSeven(new KeyFile(file("07".repeat(32) + "\n")));
  }

  @Test
  void readsTheEnvironmentAndASystemdCredential() throws IOException {
    environment.put("KEY", BASE64);
    assertSeven(new EnvironmentVariable("KEY"));
    file(BASE64);
    environment.put("CREDENTIALS_DIRECTORY", directory.toString());
    assertSeven(new SystemdCredential("key"));
  }

  @Test
  void refusesAFileThatOthersMayReadAndSaysTheCommand() throws IOException {
    Path file = file(BASE64);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> reader.read(new KeyFile(file), SALT))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void refusesAMalformedKeyWithoutQuotingIt() throws IOException {
    for (String text : new String[] {"marker-secret!", "bWFya2Vy", "", "zz".repeat(32)}) {
      Path file = file(text);
      assertThatThrownBy(() -> reader.read(new KeyFile(file), SALT))
          .isInstanceOf(SecretException.class)
          .hasNoCause()
          .hasMessageContaining("does not hold 32 bytes")
          .message()
          .doesNotContain("marker-secret")
          .doesNotContain("zzzz");
    }
  }

  @Test
  void whatIsMissingIsRefusedWithTheWaysToMakeIt() {
    for (StateKeySource source :
        new StateKeySource[] {
          new KeyFile(directory.resolve("none")),
          new EnvironmentVariable("NONE"),
          new SystemdCredential("none"),
          new PassphraseFile(directory.resolve("none"))
        }) {
      assertThatThrownBy(() -> reader.read(source, SALT))
          .isInstanceOf(SecretException.class)
          .hasMessageContaining("there is no state key")
          .hasMessageContaining("openssl rand -base64 32");
    }
  }

  @Test
  void aPassphraseGivesTheSameKeyForTheSameSaltAlone() throws IOException {
    PassphraseFile source = new PassphraseFile(file("correct horse battery\n"));
    SecretValue key = reader.read(source, SALT).bytes();
    assertThat(reader.read(source, SALT).bytes()).isEqualTo(key);
    byte[] other = new byte[16];
    other[0] = 1;
    assertThat(reader.read(source, other).bytes()).isNotEqualTo(key);
    assertThat(key.<String>read(HexFormat.of()::formatHex))
        .isEqualTo("db728710cfed080df1e237cd496f2eaa4b69cccf0ece50ce188606fa876dace3");
  }

  @Test
  void aShortPassphraseIsRefused() throws IOException {
    PassphraseFile source = new PassphraseFile(file("short"));
    assertThatThrownBy(() -> reader.read(source, SALT))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("shorter than");
  }

  @Test
  void makesAPrivateKeyFileOnceAndReadsItBack() throws IOException {
    Path file = directory.resolve("made");
    assertThat(StateKeyReader.create(file, new SecureRandom())).isTrue();
    SecretValue key = reader.read(new KeyFile(file), SALT).bytes();
    assertThat(StateKeyReader.create(file, new SecureRandom())).isFalse();
    assertThat(reader.read(new KeyFile(file), SALT).bytes()).isEqualTo(key);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aStateKeyShowsNothingAsText() {
    assertThat(TinkSealerTest.key(7)).hasToString("StateKey[redacted]");
  }
}
