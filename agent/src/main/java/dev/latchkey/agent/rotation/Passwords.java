package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretValue;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Makes passwords: 40 letters and digits, about 238 bits, from a source that cannot be guessed.
 * Letters and digits alone are the same under SASLprep and need no escape anywhere.
 */
final class Passwords {

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 40;

  private Passwords() {}

  static SecretValue next(SecureRandom random) {
    byte[] bytes = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      bytes[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
    }
    try {
      return SecretValue.of(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
