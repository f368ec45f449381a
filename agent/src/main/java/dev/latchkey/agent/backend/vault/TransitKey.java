package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.crypto.Keyrings.KeyVersion;
import dev.latchkey.agent.secret.SecretException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/**
 * A key of a transit engine.
 *
 * @param mount where the engine is mounted, without slashes at its ends
 * @param derived whether its keys are derived from a context, for which associated data stands
 */
public record TransitKey(String mount, String name, boolean derived) {

  private static final Pattern MOUNT = Pattern.compile("[^/\\s]+(/[^/\\s]+)*");
  private static final Pattern NAME = Pattern.compile("\\w(([\\w.-]+)?\\w)?");

  public TransitKey {
    if (!MOUNT.matcher(mount).matches() || mount.matches("(.*/)?\\.\\.?(/.*)?")) {
      throw SecretException.invalid("mount", "must be the path of an engine, such as transit");
    }
    if (!NAME.matcher(name).matches()) {
      throw SecretException.invalid(
          "key", "must be the name of a key: letters, digits, and inside it also '-', '.' and '_'");
    }
  }

  /** Where the server keeps it. */
  String path() {
    return mount + "/keys/" + name;
  }

  /**
   * A version of it. The key id is made of the key's place and the version, so that every agent
   * finds the same one.
   */
  KeyVersion version(int version) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((path() + "/" + version).getBytes(StandardCharsets.UTF_8));
      return new KeyVersion(ByteBuffer.wrap(digest).getInt(), version);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is always there", e);
    }
  }
}
