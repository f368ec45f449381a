package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who is trusted to be the server, and what the agent shows of itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VaultTlsTest {

  private Path directory;
  private TestAuthority authority;
  private HttpsServer server;

  @BeforeAll
  void start(@TempDir Path shared) throws Exception {
    directory = shared;
    authority = new TestAuthority(directory);
    authority.sign("server", "dns:vault.test");
    authority.sign("agent", "dns:agent.test");
    VaultTls own =
        new VaultTls(
            Optional.of(authority.ca()),
            Optional.of(authority.certificate("server")),
            Optional.of(authority.key("server")),
            Optional.empty());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(LiveContext.of(new TlsFiles(own), Optional.empty())) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters demanding = getSSLContext().getDefaultSSLParameters();
            demanding.setNeedClientAuth(true);
            parameters.setSSLParameters(demanding);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "{\"data\":{\"x\":\"y\"}}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterAll
  void stop() {
    server.stop(0);
  }

  private VaultTls tls(Optional<String> serverName) {
    return new VaultTls(
        Optional.of(authority.ca()),
        Optional.of(authority.certificate("agent")),
        Optional.of(authority.key("agent")),
        serverName);
  }

  private String read(String host, VaultTls tls) {
    VaultServers servers =
        new VaultServers(
            List.of(URI.create("https://" + host + ":" + server.getAddress().getPort())),
            "",
            tls,
            VaultServers.CONNECT_TIMEOUT,
            VaultServers.REQUEST_TIMEOUT,
            VaultServers.MAX_ANSWER);
    try (VaultHttp http = new VaultHttp("vault", servers, TimeSource.system())) {
      return http.answer("a/b", Optional.empty(), Optional.empty()).toString();
    }
  }

  private void assertNotTrusted(String host, VaultTls tls) {
    assertThatThrownBy(() -> read(host, tls))
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  @Test
  void aServerIsTrustedByItsNameAndItsAuthority() {
    assertThat(read("127.0.0.1", tls(Optional.of("vault.test")))).contains("\"y\"");
    assertThat(read("localhost", tls(Optional.of("vault.test")))).contains("\"y\"");
  }

  @Test
  void aServerOfAnotherNameIsNotTrusted() {
    assertNotTrusted("127.0.0.1", tls(Optional.empty()));
    assertNotTrusted("localhost", tls(Optional.empty()));
    assertNotTrusted("127.0.0.1", tls(Optional.of("other.test")));
    assertNotTrusted("localhost", tls(Optional.of("other.test")));
  }

  @Test
  void aServerOfAnotherAuthorityIsNotTrusted() {
    VaultTls usual =
        new VaultTls(
            Optional.empty(),
            Optional.of(authority.certificate("agent")),
            Optional.of(authority.key("agent")),
            Optional.of("vault.test"));
    assertNotTrusted("127.0.0.1", usual);
  }

  @Test
  void anAgentWithoutACertificateIsTurnedAway() {
    VaultTls without =
        new VaultTls(
            Optional.of(authority.ca()),
            Optional.empty(),
            Optional.empty(),
            Optional.of("vault.test"));
    assertNotTrusted("127.0.0.1", without);
  }

  @Test
  void filesThatDoNotServeAreToldByName() throws Exception {
    Path missing = directory.resolve("missing.pem");
    Path empty = Files.writeString(directory.resolve("empty.pem"), "");
    Path odd =
        Files.writeString(
            directory.resolve("odd.key"),
            "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    Optional<Path> own = Optional.of(authority.certificate("agent"));
    Optional<Path> key = Optional.of(authority.key("agent"));
    assertTold(new VaultTls(Optional.of(missing), own, key, Optional.empty()), "missing.pem");
    assertTold(new VaultTls(Optional.of(empty), own, key, Optional.empty()), "empty.pem");
    assertTold(
        new VaultTls(Optional.empty(), own, Optional.of(odd), Optional.empty()), "openssl pkcs8");
    assertTold(new VaultTls(Optional.empty(), own, Optional.empty(), Optional.empty()), "together");
  }

  private void assertTold(VaultTls tls, String told) {
    assertThatThrownBy(() -> read("127.0.0.1", tls))
        .isInstanceOfSatisfying(
            SecretException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST))
        .hasMessageContaining(told);
  }
}
