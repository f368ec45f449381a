package dev.latchkey.acceptance;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * A new certificate of a new key, signed by itself, in PEM.
 *
 * @param serial by which a client tells it from others
 */
record MadeCertificate(String certificate, String key, BigInteger serial) {

  private static final String WORD = "of-a-test";

  /** Makes one with the keytool of the JDK, which leaves its store in {@code directory}. */
  static MadeCertificate make(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = Files.createTempDirectory(directory, "made").resolve("made.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-J-XX:TieredStopAtLevel=1",
            "-genkeypair",
            "-alias",
            "made",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=localhost",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            WORD);
    Path log = store.resolveSibling("log");
    Process keytool =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (keytool.waitFor() != 0) {
      throw new AssertionError(Files.readString(log));
    }
    KeyStore made = KeyStore.getInstance(store.toFile(), WORD.toCharArray());
    X509Certificate certificate = (X509Certificate) made.getCertificate("made");
    return new MadeCertificate(
        pem("CERTIFICATE", certificate.getEncoded()),
        pem("PRIVATE KEY", made.getKey("made", WORD.toCharArray()).getEncoded()),
        certificate.getSerialNumber());
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %1$s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
  }
}
