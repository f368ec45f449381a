package dev.latchkey.agent.crypto;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the state key from where the configuration says. Every refusal is NOT_POSSIBLE_NOW and says
 * what to do next; none quotes what was read.
 */
public final class StateKeyReader {

  /** The shortest ways to make a state key, for people. */
  public static final String WAYS =
      """
      make one, outside the state directory:
        a file:        umask 077; openssl rand -base64 32 > /etc/latchkey/state.key
                       agent: { state_key: { file: /etc/latchkey/state.key } }
        environment:   export LATCHKEY_STATE_KEY="$(openssl rand -base64 32)"
                       agent: { state_key: { env: LATCHKEY_STATE_KEY } }
        systemd:       LoadCredentialEncrypted=latchkey-state-key:/etc/latchkey/state.key.cred
                       agent: { state_key: { credential: latchkey-state-key } }
        a passphrase:  agent: { state_key: { passphrase_file: /etc/latchkey/passphrase } }
      or run "latchkey agent --dev", which makes one for trying things out.
      Keep a copy: without its key a state store, and any backup of it, cannot be opened.\
      """;

  private static final Set<PosixFilePermission> TOO_OPEN =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));
  private static final int MAX_FILE_BYTES = 4096;
  private static final int MIN_PASSPHRASE_BYTES = 12;

  private final UnaryOperator<@Nullable String> environment;

  /** Reads variables through {@code environment}, such as {@code System::getenv}. */
  public StateKeyReader(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  /**
   * Reads the key.
   *
   * @param salt the store's own salt, which only a passphrase needs
   */
  public StateKey read(StateKeySource source, byte[] salt) {
    return switch (source) {
      case StateKeySource.KeyFile file -> parse(readPrivate(file.path()), file.path().toString());
      case StateKeySource.EnvironmentVariable variable -> fromEnvironment(variable.name());
      case StateKeySource.SystemdCredential credential -> fromCredential(credential.name());
      case StateKeySource.PassphraseFile file -> fromPassphrase(file.path(), salt);
    };
  }

  /** Writes a new random key to {@code file}, mode 0600; false when the file is already there. */
  public static boolean create(Path file, SecureRandom random) {
    byte[] key = new byte[StateKey.LENGTH];
    random.nextBytes(key);
    byte[] text = Base64.getEncoder().encode(key);
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(file, text);
      return true;
    } catch (FileAlreadyExistsException already) {
      return false;
    } catch (IOException e) {
      throw refusal("the state key file " + file + " cannot be written", e);
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(text, (byte) 0);
    }
  }

  private StateKey fromEnvironment(String name) {
    String text = environment.apply(name);
    if (text == null || text.isBlank()) {
      throw refusal(
          "there is no state key: the environment variable " + name + " is not set; " + WAYS);
    }
    return parse(text.getBytes(StandardCharsets.UTF_8), "the environment variable " + name);
  }

  private StateKey fromCredential(String name) {
    String directory = environment.apply("CREDENTIALS_DIRECTORY");
    if (directory == null || directory.isBlank()) {
      throw refusal(
          "there is no state key: systemd gave no credentials (CREDENTIALS_DIRECTORY is not set);"
              + " add LoadCredential="
              + name
              + ":FILE to the unit, or "
              + WAYS);
    }
    Path file = Path.of(directory, name);
    return parse(readBytes(file), "the systemd credential " + name);
  }

  private static StateKey fromPassphrase(Path file, byte[] salt) {
    byte[] passphrase = stripped(readPrivate(file));
    try {
      if (passphrase.length < MIN_PASSPHRASE_BYTES) {
        throw refusal(
            "the passphrase in " + file + " is shorter than " + MIN_PASSPHRASE_BYTES + " bytes");
      }
      return StateKey.of(Argon2id.derive(passphrase, salt, StateKey.LENGTH));
    } finally {
      Arrays.fill(passphrase, (byte) 0);
    }
  }

  private static byte[] readPrivate(Path file) {
    try {
      Set<PosixFilePermission> mode =
          EnumSet.copyOf(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
      if (!Files.isSymbolicLink(file)) {
        mode.retainAll(TOO_OPEN);
        if (!mode.isEmpty()) {
          throw refusal(file + " can be read by others; run: chmod 600 " + file);
        }
      } else {
        throw refusal(file + " is a symbolic link; name the file itself");
      }
    } catch (NoSuchFileException e) {
      throw refusal("there is no state key: " + file + " does not exist; " + WAYS);
    } catch (IOException e) {
      throw refusal(file + " cannot be read", e);
    }
    return readBytes(file);
  }

  private static byte[] readBytes(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw refusal(file + " is too long for a key or a passphrase");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw refusal("there is no state key: " + file + " does not exist; " + WAYS);
    } catch (IOException e) {
      throw refusal(file + " cannot be read", e);
    }
  }

  /** Takes {@code text} apart and overwrites it. */
  private static StateKey parse(byte[] text, String where) {
    byte[] stripped = stripped(text);
    byte[] key = new byte[0];
    try {
      key =
          stripped.length == 2 * StateKey.LENGTH
              ? HexFormat.of().parseHex(new String(stripped, StandardCharsets.US_ASCII))
              : Base64.getDecoder().decode(stripped);
      if (key.length == StateKey.LENGTH) {
        return StateKey.of(SecretValue.of(key));
      }
      throw malformed(where);
    } catch (IllegalArgumentException e) {
      // The cause would quote what was read.
      throw malformed(where);
    } finally {
      Arrays.fill(stripped, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] stripped(byte[] text) {
    int from = 0;
    int to = text.length;
    while (from < to && text[from] <= ' ' && text[from] >= 0) {
      from++;
    }
    while (to > from && text[to - 1] <= ' ' && text[to - 1] >= 0) {
      to--;
    }
    byte[] stripped = Arrays.copyOfRange(text, from, to);
    Arrays.fill(text, (byte) 0);
    return stripped;
  }

  private static SecretException malformed(String where) {
    return refusal(
        where + " does not hold 32 bytes as base64 or as 64 hexadecimal digits; " + WAYS);
  }

  private static SecretException refusal(String message) {
    return SecretException.of(Reason.NOT_POSSIBLE_NOW, message);
  }

  private static SecretException refusal(String message, Throwable cause) {
    return SecretException.of(Reason.NOT_POSSIBLE_NOW, message, cause);
  }
}
