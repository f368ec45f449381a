package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Java program, which knows nothing of Latchkey, serves TLS from a key store that it opens for
 * each connection, as {@code docs/delivery.md} shows, while the certificate rotates.
 */
class DeliveredToJavaTest {

  private static final int CHANGES = Boolean.getBoolean("latchkey.soak") ? 500 : 10;
  private static final int CLIENTS = 2;
  private static final int ENOUGH = 5;
  private static final Duration SOON = Duration.ofSeconds(60);

  /**
   * Says the names of the store's entries and its port, and then answers whoever connects;
   * {@code @PAGE@} stands for the lines of the page.
   */
  private static final String PROGRAM =
      """
      import java.io.File;
      import java.net.InetAddress;
      import java.net.ServerSocket;
      import java.net.Socket;
      import java.security.KeyStore;
      import java.util.Collections;
      import javax.net.ssl.KeyManagerFactory;
      import javax.net.ssl.SSLContext;

      public class Shop {
        public static void main(String[] args) throws Exception {
          try (var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            System.out.println(Collections.list(open().aliases()) + " " + listening.getLocalPort());
            while (true) {
              answer(listening.accept());
            }
          }
        }

        static KeyStore open() throws Exception {
          @PAGE@
          return store;
        }

        static SSLContext tls() throws Exception {
          KeyManagerFactory keys =
              KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
          keys.init(open(), System.getenv("STORE_PASSWORD").toCharArray());
          SSLContext tls = SSLContext.getInstance("TLS");
          tls.init(keys.getKeyManagers(), null, null);
          return tls;
        }

        static void answer(Socket plain) {
          try (plain; var socket = tls().getSocketFactory().createSocket(plain, null, true)) {
            if (socket.getInputStream().read(new byte[256]) > 0) {
              socket.getOutputStream().write("HTTP/1.1 200 served\\r\\n\\r\\n".getBytes());
            }
          } catch (Exception e) {
            System.err.println(e);
          }
        }
      }
      """;

  @TempDir Path directory;
  private MemoryPlace place;
  private Page page;
  private final List<Process> begun = new ArrayList<>();

  @BeforeEach
  void readThePage() throws IOException {
    place = MemoryPlace.make();
    page = Page.section("docs/delivery.md", "Files in the configuration");
  }

  @AfterEach
  void clear() throws Exception {
    for (Process process : begun) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    place.close();
  }

  private Path store() {
    return place.path().resolve("shop/store.p12");
  }

  @Test
  void aKeyStoreIsWholeWheneverItIsOpened() throws Exception {
    List<MadeCertificate> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      made.add(MadeCertificate.make(directory));
    }
    String password = Marker.fresh().toString();
    int port;
    try (RunningAgent agent = agent();
        Operator operator = new Operator(agent)) {
      operator.put("shop-tls", fields(made.getFirst(), password));
      port = shop(agent);
      assertThat(Files.getPosixFilePermissions(store())).hasToString("[OWNER_READ, OWNER_WRITE]");
      try (TlsClients clients = new TlsClients(port, CLIENTS)) {
        awaitShown(clients, made.getFirst());
        for (int change = 1; change <= CHANGES; change++) {
          MadeCertificate next = made.get(change % made.size());
          operator.put("shop-tls", fields(next, password));
          awaitShown(clients, next);
        }
        clients.awaitMore(ENOUGH);
        clients.close();
        assertThat(clients.failures()).as(this::complaints).isEmpty();
        assertThat(serials(clients))
            .isSubsetOf(made.stream().map(MadeCertificate::serial).toList());
        System.out.printf(
            "Java: %d handshakes over %d key stores%n", clients.handshakes().size(), CHANGES + 1);
      }
    }
    assertThatThrownBy(() -> KeyStore.getInstance(store().toFile(), "another".toCharArray()))
        .as("the store without its password")
        .isInstanceOf(IOException.class);
    assertIsReadHalfWhenWrittenInPlace(port);
  }

  /** The control: the same program and the same store, which somebody writes by hand. */
  private void assertIsReadHalfWhenWrittenInPlace(int port) throws Exception {
    byte[] whole = Files.readAllBytes(store());
    Files.write(store(), Arrays.copyOf(whole, whole.length / 2));
    try (TlsClients clients = new TlsClients(port, 1)) {
      await("a connection to fail").atMost(SOON).until(() -> !clients.failures().isEmpty());
      assertThat(clients.handshakes()).isEmpty();
      Files.write(store(), whole);
      clients.awaitMore(1);
    }
  }

  private RunningAgent agent() {
    String example = page.block("yaml", "format: pkcs12");
    return RunningAgent.start(
        directory.resolve("agent"),
        RunningAgent.Setup.of(place.here(example) + WholeLifeTest.ownPolicy()));
  }

  private static Map<String, String> fields(MadeCertificate made, String password) {
    return Map.of(
        "certificate", made.certificate(),
        "private_key", made.key(),
        "store_password", password);
  }

  /** Begins the program as the page does, and answers where it listens. */
  private int shop(RunningAgent agent) throws IOException {
    String program = PROGRAM.replace("@PAGE@", place.here(page.block("java", "KeyStore")));
    Files.writeString(directory.resolve("Shop.java"), program);
    Path bin = Installation.commandIn(Files.createDirectory(directory.resolve("bin")));
    Path out = directory.resolve("shop.out");
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-euc", page.block("sh", "STORE_PASSWORD"))
            .directory(directory.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(directory.resolve("shop.err").toFile());
    Path javas = Path.of(Installation.java()).resolveSibling(".");
    builder.environment().merge("PATH", bin + ":" + javas, (path, first) -> first + ":" + path);
    builder.environment().put("LATCHKEY_SOCKET", agent.socket().toString());
    builder.environment().put("LATCHKEY_OPERATOR_SOCKET", agent.operatorSocket().toString());
    Process process = builder.start();
    begun.add(process);
    await("the program to listen or to end")
        .atMost(SOON)
        .until(() -> Files.readString(out).endsWith("\n") || !process.isAlive());
    assertThat(out).content().as(this::complaints).matches("\\[shop] \\d+\n");
    return Integer.parseInt(Files.readString(out).replaceAll(".* (\\d+)\n", "$1"));
  }

  private String complaints() {
    try {
      return Files.readString(directory.resolve("shop.err"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<BigInteger> serials(TlsClients clients) {
    return clients.handshakes().stream()
        .map(TlsClients.Handshake::serial)
        .collect(Collectors.toList());
  }

  private void awaitShown(TlsClients clients, MadeCertificate made) {
    await("the certificate that was put last to be served")
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> !clients.handshakes().isEmpty() && clients.lastSerial().equals(made.serial()));
  }
}
