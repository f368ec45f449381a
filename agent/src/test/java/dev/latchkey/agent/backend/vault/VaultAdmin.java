package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Sets a server up for a test, with its root token. Names it gives are used once in a JVM. */
public final class VaultAdmin implements AutoCloseable {

  private static final AtomicInteger NAMES = new AtomicInteger();

  private final VaultServer server;
  private final VaultHttp http;

  public VaultAdmin(VaultServer server) {
    this.server = server;
    this.http = new VaultHttp("admin", VaultServers.at(server.address()), TimeSource.system());
  }

  /** A word that no other test uses. */
  public static String name(String word) {
    return word + "-" + NAMES.incrementAndGet();
  }

  public JsonObject read(String path) {
    return done(VaultRequest.read(path));
  }

  public JsonObject write(String path, JsonObject body) {
    return done(VaultRequest.write(path.replaceFirst("/$", ""), body));
  }

  /** A test's own mistakes are told in the server's words. */
  private JsonObject done(VaultRequest request) {
    return switch (http.ask(request.as(root().value()))) {
      case Answer.Done done -> done.body();
      case Answer.Refused refused -> throw new AssertionError(request + ": " + refused.body());
    };
  }

  /** Mounts a key-value engine of its own, and gives its path, which ends with a slash. */
  public String mountKeyValue(int version) {
    String path = name("kv" + version) + "/";
    JsonObject options = new JsonObject().add("version", Integer.toString(version));
    write("sys/mounts/" + path, new JsonObject().add("type", "kv").add("options", options));
    // The engine with versions is moved to them after the mount answers.
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(
            () -> {
              String place = version == 2 ? "data/probe" : "probe";
              JsonObject fields = new JsonObject().add("x", "y");
              write(path + place, version == 2 ? new JsonObject().add("data", fields) : fields);
              return true;
            });
    http.ask(
        VaultRequest.delete(path + (version == 2 ? "metadata/probe" : "probe")).as(root().value()));
    return path;
  }

  /** Mounts an engine, and gives its path, which ends with a slash. */
  public String mount(String type) {
    String path = name(type) + "/";
    write("sys/mounts/" + path, new JsonObject().add("type", type));
    return path;
  }

  /** Enables a way to log in, and gives its path below {@code auth/}. */
  public String enable(String type) {
    String path = name(type);
    write("sys/auth/" + path, new JsonObject().add("type", type));
    return path;
  }

  /** Makes a policy and gives its name. */
  public String policy(String rules) {
    String policy = name("policy");
    write("sys/policies/acl/" + policy, new JsonObject().add("policy", rules));
    return policy;
  }

  /** A token that may do what {@code rules} say. */
  public Login.Token tokenWith(String rules) {
    JsonObject body = new JsonObject().add("policies", new JsonArray().add(policy(rules)));
    JsonObject auth = write("auth/token/create", body).get("auth").asObject();
    return token(auth.getString("client_token"));
  }

  /** Asks for something and has the answer wrapped; gives the token that unwraps it. */
  public SecretValue wrapped(String method, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(server.address().resolve("/v1/" + path))
            .header("X-Vault-Token", server.rootToken())
            .header("X-Vault-Wrap-TTL", "60s")
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      String answer = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      JsonObject wrap = Json.parse(answer).asObject().get("wrap_info").asObject();
      return SecretValue.ofText(wrap.getString("token"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Ends a token. */
  public void revoke(Login.Token token) {
    String text = token.value().read(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    write("auth/token/revoke", new JsonObject().add("token", text));
  }

  public Login.Token root() {
    return token(server.rootToken());
  }

  /** A token whose text is known and nothing else. */
  public static Login.Token token(String text) {
    return new Login.Token(
        SecretValue.ofText(text),
        "",
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        false);
  }

  @Override
  public void close() {
    http.close();
  }
}
