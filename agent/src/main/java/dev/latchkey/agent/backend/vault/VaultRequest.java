package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of the server's API.
 *
 * @param path below {@code /v1/}, not encoded
 * @param parameters of the query; letters and digits only, since the driver encodes them twice
 * @param body sent as it is; its text form shows values, the request's own does not
 */
record VaultRequest(
    Verb verb,
    String path,
    Map<String, String> parameters,
    @Nullable JsonObject body,
    Optional<SecretValue> token) {

  private static final int LARGE = 1 << 20;

  /** What is done at a path. */
  enum Verb {
    /** Reads what each reading may change, as one that grants a lease: sent once. */
    READ,
    /** Reads what no reading changes: may be sent again where no answer came. */
    LOOK_UP,
    LIST,
    WRITE,
    DELETE
  }

  static VaultRequest read(String path) {
    return new VaultRequest(Verb.READ, path, Map.of(), null, Optional.empty());
  }

  static VaultRequest lookUp(String path) {
    return new VaultRequest(Verb.LOOK_UP, path, Map.of(), null, Optional.empty());
  }

  static VaultRequest list(String path) {
    return new VaultRequest(Verb.LIST, path, Map.of("list", "true"), null, Optional.empty());
  }

  static VaultRequest write(String path, JsonObject body) {
    return new VaultRequest(Verb.WRITE, path, Map.of(), body, Optional.empty());
  }

  static VaultRequest delete(String path) {
    return new VaultRequest(Verb.DELETE, path, Map.of(), null, Optional.empty());
  }

  /** Whether some servers may not take it: a text of 1 MiB is the most for newer releases. */
  boolean isLarge() {
    return body != null && body.toString().length() > LARGE;
  }

  VaultRequest version(long version) {
    return new VaultRequest(verb, path, Map.of("version", Long.toString(version)), body, token);
  }

  VaultRequest as(SecretValue newToken) {
    return new VaultRequest(verb, path, parameters, body, Optional.of(newToken));
  }

  @Override
  public String toString() {
    return verb + " " + path;
  }
}
