package dev.latchkey.agent.inject;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/** Reads private keys of the three usual kinds of block, and tells whose they are. */
final class PrivateKeys {

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");
  private static final byte[] NULL = {5, 0};

  private PrivateKeys() {}

  /** The key as PKCS #8; empty for an encrypted one and for what is none. */
  static Optional<byte[]> pkcs8(PemBlock block) {
    return switch (block.label()) {
      case "PRIVATE KEY" -> Optional.of(block.der());
      case "RSA PRIVATE KEY" ->
          Optional.of(wrapped(Der.sequence(Der.object("1.2.840.113549.1.1.1"), NULL), block.der()));
      case "EC PRIVATE KEY" ->
          Optional.of(
              wrapped(
                  Der.sequence(
                      Der.object("1.2.840.10045.2.1"), Der.inside(block.der(), Der.EXPLICIT_0)),
                  block.der()));
      default -> Optional.empty();
    };
  }

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return Der.sequence(Der.integer(0), algorithm, Der.tagged(Der.OCTETS, key));
  }

  /** Whether {@code pkcs8} is known not to be the key of {@code certified}. */
  static boolean differs(byte[] pkcs8, PublicKey certified) {
    Optional<PrivateKey> key = parsed(pkcs8);
    return key.isPresent() && !signsFor(key.get(), certified);
  }

  private static Optional<PrivateKey> parsed(byte[] pkcs8) {
    for (String algorithm : ALGORITHMS) {
      try {
        return Optional.of(
            KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
      } catch (GeneralSecurityException ofAnotherKind) {
        // The next one may read it; what none reads is not judged.
      }
    }
    return Optional.empty();
  }

  private static boolean signsFor(PrivateKey key, PublicKey certified) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA" -> "EdDSA";
          default -> "";
        };
    if (algorithm.isEmpty()) {
      return true;
    }
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(NULL);
      byte[] signature = signing.sign();
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(certified);
      verifying.update(NULL);
      return verifying.verify(signature);
    } catch (GeneralSecurityException ofAnotherKind) {
      return false;
    }
  }
}
