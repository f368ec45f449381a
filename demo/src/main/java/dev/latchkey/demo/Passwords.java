package dev.latchkey.demo;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes passwords for the logins that the demo brings along. */
final class Passwords {

  private static final int BYTES = 24;

  private Passwords() {}

  static String random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
