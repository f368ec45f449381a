package dev.latchkey.testing.vault;

import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sets a server up with its root token. Names it gives are used once in a JVM. A call that the
 * server refuses is an {@link IllegalStateException} in the server's words.
 */
public final class VaultAdmin implements AutoCloseable {

  private static final AtomicInteger NAMES = new AtomicInteger();

  private final String root;
  private final VaultCalls calls;

  public VaultAdmin(VaultServer server) {
    this(server.address(), server.rootToken());
  }

  /** The same of a server that another process keeps. */
  public VaultAdmin(URI address, String root) {
    this.root = root;
    this.calls = new VaultCalls(address, root);
  }

  /** A word that no other test uses. */
  public static String name(String word) {
    return word + "-" + NAMES.incrementAndGet();
  }

  public JsonObject read(String path) {
    return calls.read(path);
  }

  public void delete(String path) {
    calls.delete(path);
  }

  public JsonObject write(String path, JsonObject body) {
    return calls.write(path.replaceFirst("/$", ""), body);
  }

  /** The keys below a path; empty where there is nothing. */
  public Optional<JsonObject> list(String path) {
    return calls.list(path);
  }

  /** Mounts a key-value engine of its own, and gives its path, which ends with a slash. */
  public String mountKeyValue(int version) {
    String path = name("kv" + version) + "/";
    JsonObject options = new JsonObject().add("version", Integer.toString(version));
    write("sys/mounts/" + path, new JsonObject().add("type", "kv").add("options", options));
    // The engine with versions is moved to them after the mount answers.
    awaitEngine(() -> probe(path, version));
    calls.delete(path + (version == 2 ? "metadata/probe" : "probe"));
    return path;
  }

  private void probe(String path, int version) {
    JsonObject fields = new JsonObject().add("x", "y");
    JsonObject body = version == 2 ? new JsonObject().add("data", fields) : fields;
    write(path + (version == 2 ? "data/probe" : "probe"), body);
  }

  /** Does what an engine that was just mounted may refuse at first, again until it is done. */
  public void awaitEngine(Runnable first) {
    Until.holds(
        "the engine to be there",
        () -> {
          try {
            first.run();
            return true;
          } catch (IllegalStateException notYet) {
            return false;
          }
        });
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
  public String tokenWith(String rules) {
    JsonObject body = new JsonObject().add("policies", new JsonArray().add(policy(rules)));
    JsonObject auth = write("auth/token/create", body).get("auth").asObject();
    return auth.getString("client_token");
  }

  /** Asks for something and has the answer wrapped; gives the token that unwraps it. */
  public String wrapped(String method, String path) {
    return calls.wrapped(method, path).get("wrap_info").asObject().getString("token");
  }

  /** Ends a token. */
  public void revoke(String token) {
    write("auth/token/revoke", new JsonObject().add("token", token));
  }

  /** The root token. */
  public String root() {
    return root;
  }

  @Override
  public void close() {
    calls.close();
  }
}
