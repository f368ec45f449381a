package dev.latchkey.agent.login.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.latchkey.agent.backend.vault.TestAuthority;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The one endpoint of a cluster that Vault asks, over TLS, and the issuer of its service accounts'
 * tokens, which are really signed. It knows the tokens that it issued, and echoes the audiences
 * that it was asked about, without which Vault refuses the login.
 */
final class StandInCluster implements AutoCloseable {

  private final TestAuthority authority;
  private final KeyPair issuer;
  private final HttpsServer server;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  StandInCluster(Path directory) throws Exception {
    authority = new TestAuthority(directory);
    authority.sign("cluster", "ip:127.0.0.1");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    issuer = generator.generateKeyPair();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(authority.keyStore("cluster"), TestAuthority.PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext("/apis/authentication.k8s.io/v1/tokenreviews", this::review);
    server.start();
  }

  /** What Vault is told of the cluster. */
  JsonObject config() throws IOException {
    return new JsonObject()
        .add("kubernetes_host", "https://127.0.0.1:" + server.getAddress().getPort())
        .add("kubernetes_ca_cert", Files.readString(authority.ca()))
        .add("token_reviewer_jwt", issued("reviewer"))
        .add("pem_keys", new JsonArray().add(publicKey()))
        .add("disable_local_ca_jwt", true);
  }

  private String publicKey() {
    String base64 = Base64.getMimeEncoder().encodeToString(issuer.getPublic().getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
  }

  /** A token of a service account in the namespace shop, which the cluster knows. */
  String issued(String account) {
    String token = signed(account, issuer);
    known.add(token);
    return token;
  }

  /** A token that another cluster signed. */
  static String forged(String account) throws Exception {
    return signed(account, KeyPairGenerator.getInstance("RSA").generateKeyPair());
  }

  private static String signed(String account, KeyPair by) {
    long now = TimeSource.system().now().getEpochSecond();
    JsonObject owner =
        new JsonObject()
            .add("namespace", "shop")
            .add(
                "serviceaccount",
                new JsonObject().add("name", account).add("uid", "uid-" + account));
    JsonObject claims =
        new JsonObject()
            .add("iss", "https://kubernetes.default.svc.cluster.local")
            .add("aud", new JsonArray().add("vault"))
            .add("iat", now)
            .add("exp", now + 60)
            .add("sub", "system:serviceaccount:shop:" + account)
            .add("kubernetes.io", owner);
    String text = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + base64(claims.toString());
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(by.getPrivate());
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void review(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    JsonObject spec = Json.parse(body).asObject().get("spec").asObject();
    JsonObject status = new JsonObject().add("authenticated", false);
    String token = spec.getString("token");
    if (known.contains(token)) {
      String[] parts = token.split("\\.", -1);
      String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
      String subject = Json.parse(claims).asObject().getString("sub");
      String uid = "uid-" + subject.substring(subject.lastIndexOf(':') + 1);
      status =
          new JsonObject()
              .add("authenticated", true)
              .add("audiences", spec.get("audiences"))
              .add("user", new JsonObject().add("username", subject).add("uid", uid));
    }
    byte[] answer =
        new JsonObject()
            .add("apiVersion", "authentication.k8s.io/v1")
            .add("kind", "TokenReview")
            .add("status", status)
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(201, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
