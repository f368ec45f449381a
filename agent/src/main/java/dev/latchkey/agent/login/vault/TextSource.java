package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Where a piece of a login comes from. What it holds is printable ASCII without spaces around. */
public sealed interface TextSource {

  /** The text now. */
  SecretValue get();

  /** What tells it from another in the configuration; of a file its place. */
  String identity();

  /** A text that the configuration gives. */
  record Given(SecretValue value) implements TextSource {

    @Override
    public SecretValue get() {
      return value;
    }

    @Override
    public String identity() {
      return Texts.of(value);
    }
  }

  /** A file, read each time, so that a change of it counts at the next login. */
  record InFile(Path path) implements TextSource {

    /** More than any token has. */
    private static final int LIMIT = 64 << 10;

    @Override
    public SecretValue get() {
      byte[] bytes = bytes();
      try {
        String text = new String(bytes, StandardCharsets.UTF_8).strip();
        if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
          throw notNow("does not hold one line of printable text");
        }
        return SecretValue.ofText(text);
      } finally {
        Arrays.fill(bytes, (byte) 0);
      }
    }

    @Override
    public String identity() {
      return "file " + path;
    }

    /** Whether {@code text} stands in it now. */
    boolean holds(SecretValue text) {
      try {
        return get().equals(text);
      } catch (SecretException unreadable) {
        return false;
      }
    }

    private byte[] bytes() {
      try (InputStream in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(LIMIT + 1);
        if (bytes.length > LIMIT) {
          throw notNow("is too large");
        }
        return bytes;
      } catch (NoSuchFileException missing) {
        throw notNow("is not there; whoever provides it has not done so yet");
      } catch (IOException e) {
        throw SecretException.of(
            Reason.NOT_POSSIBLE_NOW, "the login cannot read its file " + path, e);
      }
    }

    private SecretException notNow(String why) {
      return SecretException.of(
          Reason.NOT_POSSIBLE_NOW, "the file " + path + " of the login " + why);
    }
  }
}
