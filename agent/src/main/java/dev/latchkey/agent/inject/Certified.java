package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A certificate, what leads from it to an authority, and its key, as fields of a secret.
 *
 * @param certificate the field with the certificate, which may hold the rest of the chain too
 * @param chain the field with the rest of the chain, where there is one
 * @param key the field with the private key
 */
public record Certified(SecretName secret, String certificate, String chain, String key) {

  private static final String CERTIFICATE = "CERTIFICATE";

  /**
   * The certificates, the leaf first and each before the one that signed it.
   *
   * @throws dev.latchkey.agent.secret.SecretException also when the secret holds a key and it is
   *     another one's
   */
  List<X509Certificate> certificates(Values values) {
    Set<X509Certificate> found = new LinkedHashSet<>(parsed(values, certificate));
    if (found.isEmpty()) {
      throw Values.refused(secret + ": " + certificate + " holds no certificate in PEM");
    }
    if (values.content(secret).field(chain).isPresent()) {
      found.addAll(parsed(values, chain));
    }
    List<X509Certificate> ordered = ordered(found);
    if (values.content(secret).field(key).isPresent()) {
      refuseAnother(values, ordered.getFirst());
    }
    return ordered;
  }

  private void refuseAnother(Values values, X509Certificate leaf) {
    if (PrivateKeys.pkcs8(privateKey(values))
        .filter(pkcs8 -> PrivateKeys.differs(pkcs8, leaf.getPublicKey()))
        .isPresent()) {
      throw Values.refused(secret + ": " + key + " is not the key of the certificate");
    }
  }

  /** The key as it is kept. */
  PemBlock privateKey(Values values) {
    return blocks(values, key).stream()
        .filter(block -> block.label().endsWith("PRIVATE KEY"))
        .findFirst()
        .orElseThrow(() -> Values.refused(secret + ": " + key + " holds no private key in PEM"));
  }

  private List<X509Certificate> parsed(Values values, String field) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (PemBlock block : blocks(values, field)) {
      if (block.label().equals(CERTIFICATE)) {
        certificates.add(parsed(field, block));
      }
    }
    return certificates;
  }

  private X509Certificate parsed(String field, PemBlock block) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.der()));
    } catch (CertificateException malformed) {
      throw Values.refused(secret + ": " + field + " holds a malformed certificate");
    }
  }

  private List<PemBlock> blocks(Values values, String field) {
    SecretValue value = values.field(secret, field);
    try {
      return value.read(PemBlock::in);
    } catch (IllegalArgumentException malformed) {
      throw Values.refused(secret + ": " + field + " is malformed PEM");
    }
  }

  /**
   * The leaf is the one that signed none of the others. What leads nowhere keeps its place at the
   * end.
   */
  private static List<X509Certificate> ordered(Set<X509Certificate> given) {
    List<X509Certificate> left = new ArrayList<>(given);
    List<X509Certificate> ordered = new ArrayList<>();
    Optional<X509Certificate> next =
        left.stream()
            .filter(
                one -> left.stream().noneMatch(other -> !other.equals(one) && isIssuer(one, other)))
            .findFirst();
    while (next.isPresent()) {
      X509Certificate last = next.get();
      ordered.add(last);
      left.remove(last);
      next = left.stream().filter(one -> isIssuer(one, last)).findFirst();
    }
    ordered.addAll(left);
    return ordered;
  }

  private static boolean isIssuer(X509Certificate issuer, X509Certificate of) {
    return issuer.getSubjectX500Principal().equals(of.getIssuerX500Principal());
  }

  static PemBlock block(X509Certificate certificate) {
    try {
      return new PemBlock(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateException impossible) {
      throw new IllegalStateException("a parsed certificate has its encoding", impossible);
    }
  }
}
