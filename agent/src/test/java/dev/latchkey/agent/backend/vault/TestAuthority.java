package dev.latchkey.agent.backend.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority of a test's own and certificates that it signed, as PEM files. */
public final class TestAuthority {

  /** Of every key store here. */
  public static final String PASSWORD = "of-a-test";

  private final Path directory;

  /** Makes the authority, {@code ca.pem}, in {@code directory}. */
  public TestAuthority(Path directory) throws Exception {
    this.directory = directory;
    keytool(
        "ca", "-genkeypair", "-keyalg", "EC", "-dname", "CN=ca", "-ext", "bc:c", "-validity", "2");
    write("ca.pem", "CERTIFICATE", store("ca").getCertificate("one").getEncoded());
  }

  public Path ca() {
    return directory.resolve("ca.pem");
  }

  /** Signs a certificate: {@code NAME.pem} and {@code NAME.key}; {@code alternative} names it. */
  public void sign(String name, String alternative) throws Exception {
    keytool(name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-validity", "2");
    Path request = directory.resolve(name + ".csr");
    keytool(name, "-certreq", "-file", request.toString());
    Path signed = directory.resolve(name + ".pem");
    keytool(
        "ca",
        "-gencert",
        "-rfc",
        "-validity",
        "2",
        "-infile",
        request.toString(),
        "-outfile",
        signed.toString(),
        "-ext",
        "san=" + alternative);
    byte[] key = store(name).getKey("one", PASSWORD.toCharArray()).getEncoded();
    write(name + ".key", "PRIVATE KEY", key);
  }

  public Path certificate(String name) {
    return directory.resolve(name + ".pem");
  }

  public Path key(String name) {
    return directory.resolve(name + ".key");
  }

  /** The key of {@code name} with its certificate alone. */
  public KeyStore keyStore(String name) throws Exception {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    try (var in = Files.newInputStream(certificate(name))) {
      Certificate signed = CertificateFactory.getInstance("X.509").generateCertificate(in);
      Key key = store(name).getKey("one", PASSWORD.toCharArray());
      own.setKeyEntry("one", key, PASSWORD.toCharArray(), new Certificate[] {signed});
    }
    return own;
  }

  private void write(String file, String what, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder().encodeToString(content);
    Files.writeString(
        directory.resolve(file),
        "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n");
  }

  private KeyStore store(String name) throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(directory.resolve(name + ".p12").toFile(), PASSWORD.toCharArray());
  }

  private void keytool(String store, String... arguments) throws Exception {
    Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", directory.resolve(store + ".p12").toString()));
    command.addAll(List.of("-storepass", PASSWORD, "-alias", "one"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(output);
    }
  }
}
