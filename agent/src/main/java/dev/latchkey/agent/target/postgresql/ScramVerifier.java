package dev.latchkey.agent.target.postgresql;

import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes what PostgreSQL keeps in place of a password, so that the password itself is never sent.
 *
 * <p>SCRAM-SHA-256 after RFC 5802 and RFC 7677, written as PostgreSQL does: {@code
 * SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>}. Only printable ASCII is taken, which
 * SASLprep leaves as it is.
 */
final class ScramVerifier {

  static final int ITERATIONS = 4096;
  private static final int SALT_BYTES = 16;
  private static final byte[] FIRST_BLOCK = {0, 0, 0, 1};

  private ScramVerifier() {}

  static String of(SecretValue password, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return of(password, salt, ITERATIONS);
  }

  /** The verifier of a password that nobody knows: no login can ever match it. */
  static String ofNobody(SecureRandom random) {
    byte[] unknown = new byte[32];
    random.nextBytes(unknown);
    String hex = HexFormat.of().formatHex(unknown);
    return of(SecretValue.ofText(hex), random);
  }

  static String of(SecretValue password, byte[] salt, int iterations) {
    byte[] salted = password.read(bytes -> hi(printable(bytes), salt, iterations));
    try {
      byte[] clientKey = hmac(salted, ascii("Client Key"));
      byte[] serverKey = hmac(salted, ascii("Server Key"));
      byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
      Base64.Encoder base64 = Base64.getEncoder();
      return "SCRAM-SHA-256$"
          + iterations
          + ":"
          + base64.encodeToString(salt)
          + "$"
          + base64.encodeToString(storedKey)
          + ":"
          + base64.encodeToString(serverKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks SHA-256", e);
    } finally {
      Arrays.fill(salted, (byte) 0);
    }
  }

  private static byte[] printable(byte[] password) {
    for (byte letter : password) {
      if (letter < 0x20 || letter > 0x7e) {
        throw new IllegalArgumentException("the password is not printable ASCII");
      }
    }
    if (password.length == 0) {
      throw new IllegalArgumentException("the password is empty");
    }
    return password;
  }

  /** Hi of RFC 5802: PBKDF2 with HMAC-SHA-256 and one block. */
  private static byte[] hi(byte[] password, byte[] salt, int iterations) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(password, "HmacSHA256"));
      mac.update(salt);
      byte[] last = mac.doFinal(FIRST_BLOCK);
      byte[] result = last.clone();
      for (int i = 1; i < iterations; i++) {
        last = mac.doFinal(last);
        for (int j = 0; j < result.length; j++) {
          result[j] ^= last[j];
        }
      }
      return result;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks HmacSHA256", e);
    }
  }

  private static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
