package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

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
    return http.answer(path, Optional.empty(), Optional.of(root().value()));
  }

  public JsonObject write(String path, JsonObject body) {
    String place = path.replaceFirst("/$", "");
    return http.answer(place, Optional.of(body), Optional.of(root().value()));
  }

  /** Mounts a key-value engine of its own, and gives its path, which ends with a slash. */
  public String mountKeyValue(int version) {
    String path = name("kv" + version) + "/";
    JsonObject options = new JsonObject().add("version", Integer.toString(version));
    write("sys/mounts/" + path, new JsonObject().add("type", "kv").add("options", options));
    // The engine with versions is moved to them after the mount answers.
    org.awaitility.Awaitility.await()
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
    JsonObject body =
        new JsonObject()
            .add("policies", new io.github.jopenlibs.vault.json.JsonArray().add(policy(rules)));
    JsonObject auth = write("auth/token/create", body).get("auth").asObject();
    return token(auth.getString("client_token"));
  }

  /** Ends a token. */
  public void revoke(Login.Token token) {
    String text =
        token.value().read(bytes -> new String(bytes, java.nio.charset.StandardCharsets.US_ASCII));
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
