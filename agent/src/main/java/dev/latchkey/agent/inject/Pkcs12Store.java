package dev.latchkey.agent.inject;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes a key store after RFC 7292: the key encrypted by PBES2 with AES-256, the certificates in
 * clear as public things are, all of it under an HMAC of the password.
 *
 * <p>The JDK's own writer draws its salts anew and writes the time, so its file would change at
 * every start of the agent. Here salts and initial vector are drawn from the private key by HMAC:
 * the same content gives the same file, another content other salts, and they tell nothing.
 */
final class Pkcs12Store {

  private static final int ITERATIONS = 10_000;
  private static final int SALT_BYTES = 20;
  private static final int IV_BYTES = 16;
  private static final String ENCRYPTION = "PBEWithHmacSHA256AndAES_256";
  private static final String PBES2 = "1.2.840.113549.1.5.13";
  private static final String SHA256 = "2.16.840.1.101.3.4.2.1";
  private static final String DATA = "1.2.840.113549.1.7.1";
  private static final String KEY_BAG = "1.2.840.113549.1.12.10.1.2";
  private static final String CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
  private static final String X509 = "1.2.840.113549.1.9.22.1";
  private static final String FRIENDLY_NAME = "1.2.840.113549.1.9.20";
  private static final String LOCAL_KEY_ID = "1.2.840.113549.1.9.21";

  private final String alias;
  private final List<X509Certificate> chain;
  private final byte[] key;
  private final char[] password;

  /** One entry; whoever makes it wipes {@code key} and {@code password}, which is of ASCII. */
  Pkcs12Store(String alias, List<X509Certificate> chain, byte[] key, char[] password) {
    this.alias = alias;
    this.chain = chain;
    this.key = key;
    this.password = password;
  }

  byte[] bytes() {
    try {
      byte[] safe = Der.sequence(content(Der.sequence(certificates())), content(keys()));
      return Der.sequence(Der.integer(3), content(safe), mac(safe));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("the JDK lacks what a key store needs", impossible);
    }
  }

  private static byte[] content(byte[] data) {
    return Der.sequence(Der.object(DATA), Der.tagged(Der.EXPLICIT_0, Der.tagged(Der.OCTETS, data)));
  }

  private byte[][] certificates() throws GeneralSecurityException {
    List<byte[]> bags = new ArrayList<>();
    for (X509Certificate one : chain) {
      byte[] bag =
          Der.sequence(
              Der.object(X509),
              Der.tagged(Der.EXPLICIT_0, Der.tagged(Der.OCTETS, one.getEncoded())));
      bags.add(
          one.equals(chain.getFirst())
              ? bag(CERTIFICATE_BAG, bag, name(), keyId())
              : bag(CERTIFICATE_BAG, bag));
    }
    return bags.toArray(byte[][]::new);
  }

  private byte[] keys() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ENCRYPTION);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        secret(ENCRYPTION),
        new PBEParameterSpec(
            drawn("salt", SALT_BYTES), ITERATIONS, new IvParameterSpec(drawn("iv", IV_BYTES))));
    byte[] encrypted = cipher.doFinal(key);
    byte[] parameters = encoded(cipher);
    byte[] bag =
        Der.sequence(
            Der.sequence(Der.object(PBES2), parameters), Der.tagged(Der.OCTETS, encrypted));
    return Der.sequence(bag(KEY_BAG, bag, name(), keyId()));
  }

  private static byte[] encoded(Cipher cipher) throws GeneralSecurityException {
    try {
      return cipher.getParameters().getEncoded();
    } catch (java.io.IOException impossible) {
      throw new GeneralSecurityException(impossible);
    }
  }

  private static byte[] bag(String type, byte[] value, byte[]... attributes) {
    byte[] inside = Der.tagged(Der.EXPLICIT_0, value);
    return attributes.length == 0
        ? Der.sequence(Der.object(type), inside)
        : Der.sequence(Der.object(type), inside, Der.tagged(Der.SET, attributes));
  }

  private byte[] name() {
    byte[] text = alias.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_16BE);
    return attribute(FRIENDLY_NAME, Der.tagged(Der.BMP_STRING, text));
  }

  private static byte[] keyId() {
    return attribute(LOCAL_KEY_ID, Der.tagged(Der.OCTETS, new byte[] {1}));
  }

  private static byte[] attribute(String type, byte[] value) {
    return Der.sequence(Der.object(type), Der.tagged(Der.SET, value));
  }

  private byte[] mac(byte[] safe) throws GeneralSecurityException {
    byte[] salt = drawn("mac", SALT_BYTES);
    Mac mac = Mac.getInstance("HmacPBESHA256");
    mac.init(secret("PBE"), new PBEParameterSpec(salt, ITERATIONS));
    byte[] digest =
        Der.sequence(
            Der.sequence(Der.object(SHA256), new byte[] {5, 0}),
            Der.tagged(Der.OCTETS, mac.doFinal(safe)));
    return Der.sequence(digest, Der.tagged(Der.OCTETS, salt), Der.integer(ITERATIONS));
  }

  private SecretKey secret(String algorithm) throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(password);
    try {
      return SecretKeyFactory.getInstance(algorithm).generateSecret(spec);
    } finally {
      spec.clearPassword();
    }
  }

  private byte[] drawn(String purpose, int length) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    mac.update(purpose.getBytes(StandardCharsets.UTF_8));
    mac.update(alias.getBytes(StandardCharsets.UTF_8));
    for (X509Certificate one : chain) {
      mac.update(one.getEncoded());
    }
    byte[] secret = new byte[password.length];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) password[i];
    }
    mac.update(secret);
    Arrays.fill(secret, (byte) 0);
    return Arrays.copyOf(mac.doFinal(), length);
  }
}
