package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are replaced while the agent runs, at a server that ends each connection. */
class ChangedTlsFilesTest {

  private static final Optional<String> NAME = Optional.of("vault.test");

  @TempDir Path directory;
  private TestAuthority one;
  private TestAuthority two;
  private VaultTls ofServer;
  private VaultTls ofAgent;
  private HttpsServer server;
  private VaultHttp http;

  @BeforeEach
  void start() throws Exception {
    one = authority("one");
    two = authority("two");
    ofServer = install(one, "server", Optional.empty());
    ofAgent = install(one, "agent", NAME);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(LiveContext.of(new TlsFiles(ofServer), Optional.empty())) {
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
          exchange.getResponseHeaders().set("Connection", "close");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    VaultServers servers =
        new VaultServers(
            List.of(URI.create("https://127.0.0.1:" + server.getAddress().getPort())),
            "",
            ofAgent,
            VaultServers.CONNECT_TIMEOUT,
            VaultServers.REQUEST_TIMEOUT,
            VaultServers.MAX_ANSWER);
    http = new VaultHttp("vault", servers, TimeSource.system());
  }

  @AfterEach
  void stop() {
    http.close();
    server.stop(0);
  }

  private TestAuthority authority(String name) throws Exception {
    TestAuthority authority = new TestAuthority(Files.createDirectory(directory.resolve(name)));
    authority.sign("server", "dns:vault.test");
    authority.sign("agent", "dns:agent.test");
    return authority;
  }

  /** Puts what {@code authority} signed for {@code who} where it is read. */
  private VaultTls install(TestAuthority authority, String who, Optional<String> serverName)
      throws IOException {
    return new VaultTls(
        Optional.of(put(authority.ca(), who + "-ca.pem")),
        Optional.of(put(authority.certificate(who), who + ".pem")),
        Optional.of(put(authority.key(who), who + ".key")),
        serverName);
  }

  /** Another file in its place at once, as whoever renews certificates does it. */
  private Path put(Path from, String name) throws IOException {
    Path fresh = Files.copy(from, directory.resolve(name + ".new"));
    return Files.move(fresh, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private String read() {
    return http.answer("a/b", Optional.empty(), Optional.empty()).toString();
  }

  @Test
  void newConnectionsUseTheFilesThatStandThereNow() throws Exception {
    assertThat(read()).contains("\"y\"");
    install(two, "server", Optional.empty());
    assertThatThrownBy(this::read)
        .as("signed by an authority that is not trusted yet")
        .isInstanceOf(SecretException.class);
    install(two, "agent", NAME);
    assertThat(read()).contains("\"y\"");
    assertThat(http.health().reason()).isEmpty();
  }

  @Test
  void filesThatDoNotFitLeaveThoseBeforeInUse() throws Exception {
    assertThat(read()).contains("\"y\"");
    Files.writeString(ofAgent.ca().orElseThrow(), "-----BEGIN CERTIFICATE-----\nMIIB");
    assertThat(read()).contains("\"y\"");
    assertThat(http.health().level()).isEqualTo(ComponentHealth.Level.DEGRADED);
    assertThat(http.health().reason()).contains("what was read before is used");
    Files.delete(ofAgent.ca().orElseThrow());
    assertThat(read()).contains("\"y\"");
    assertThat(http.health().reason()).contains("agent-ca.pem");
    install(one, "agent", NAME);
    assertThat(read()).contains("\"y\"");
    assertThat(http.health().reason()).isEmpty();
  }
}
