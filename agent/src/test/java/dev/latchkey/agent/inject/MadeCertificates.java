package dev.latchkey.agent.inject;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A root, an authority below it, and leaves: {@code rsa} and {@code ec} below that authority; made
 * by keytool.
 */
public final class MadeCertificates {

  private static final String PASSWORD = "of-a-test";

  private final Path store;
  private final KeyStore keys;

  /** Makes them; their store lies in the directory. */
  public MadeCertificates(Path directory) throws Exception {
    store = directory.resolve("made.p12");
    make("root", "EC", "-ext", "bc:c");
    make("middle", "EC", "-ext", "bc:c", "-signer", "root");
    make("rsa", "RSA", "-signer", "middle");
    make("ec", "EC", "-signer", "middle");
    keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }

  private void make(String name, String algorithm, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(store.resolveSibling("keytool.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new AssertionError(Files.readString(store.resolveSibling("keytool.log")));
    }
  }

  byte[] certificate(String name) throws Exception {
    return keys.getCertificate(name).getEncoded();
  }

  byte[] pkcs8(String name) throws Exception {
    return keys.getKey(name, PASSWORD.toCharArray()).getEncoded();
  }

  /** The certificates of these names, one block after another. */
  public String pem(String... names) throws Exception {
    StringBuilder pem = new StringBuilder();
    for (String name : names) {
      pem.append(block("CERTIFICATE", certificate(name)));
    }
    return pem.toString();
  }

  /** The key of a leaf. */
  public String key(String name) throws Exception {
    return block("PRIVATE KEY", pkcs8(name));
  }

  static String block(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %1$s-----\n"
        .formatted(
            label,
            new String(
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(der),
                StandardCharsets.US_ASCII));
  }
}
