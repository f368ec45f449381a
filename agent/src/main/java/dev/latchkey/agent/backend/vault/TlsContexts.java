package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes the TLS context that {@link VaultTls} describes from its PEM files. */
final class TlsContexts {

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private TlsContexts() {}

  /** The context of the files as they stand now, for whatever name. */
  static SSLContext made(VaultTls tls) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(tls), authorities(tls.ca()), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw SecretException.of(
          Reason.INVALID_REQUEST, "tls: the certificates and the key do not fit together", e);
    }
  }

  private static TrustManager @Nullable [] authorities(Optional<Path> ca)
      throws GeneralSecurityException {
    if (ca.isEmpty()) {
      return null;
    }
    KeyStore trusted = empty();
    int next = 0;
    for (Certificate authority : certificates(ca.get())) {
      trusted.setCertificateEntry("ca-" + next++, authority);
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    return managers.getTrustManagers();
  }

  private static KeyManager @Nullable [] keys(VaultTls tls) throws GeneralSecurityException {
    if (tls.certificate().isEmpty() && tls.key().isEmpty()) {
      return null;
    }
    if (tls.certificate().isEmpty() || tls.key().isEmpty()) {
      throw SecretException.invalid("tls", "needs the client certificate and its key together");
    }
    Certificate[] chain = certificates(tls.certificate().get()).toArray(new Certificate[0]);
    KeyStore own = empty();
    own.setKeyEntry("agent", key(tls.key().get()), new char[0], chain);
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(own, new char[0]);
    return managers.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new IllegalStateException("an empty key store is made in memory", e);
    }
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws GeneralSecurityException {
    Collection<? extends Certificate> found =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(content(file)));
    if (found.isEmpty()) {
      throw SecretException.invalid("tls", file + " holds no certificate");
    }
    return found;
  }

  private static PrivateKey key(Path file) {
    Matcher pem = KEY.matcher(new String(content(file), StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw SecretException.invalid(
          "tls",
          file + " holds no PKCS #8 key; make one of it with 'openssl pkcs8 -topk8 -nocrypt'");
    }
    PKCS8EncodedKeySpec encoded =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    return Stream.of("EC", "RSA", "Ed25519")
        .flatMap(algorithm -> parsed(algorithm, encoded).stream())
        .findFirst()
        .orElseThrow(
            () ->
                SecretException.invalid(
                    "tls", file + " holds a key that is neither EC, RSA nor Ed25519"));
  }

  private static Optional<PrivateKey> parsed(String algorithm, PKCS8EncodedKeySpec encoded) {
    try {
      return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(encoded));
    } catch (GeneralSecurityException another) {
      return Optional.empty();
    }
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw SecretException.of(Reason.INVALID_REQUEST, "tls: cannot read " + file, e);
    }
  }
}
