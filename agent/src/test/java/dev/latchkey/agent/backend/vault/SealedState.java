package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.JsonObject;
import java.net.URI;
import java.util.Optional;
import org.awaitility.Awaitility;

/** Initialises, seals and unseals a server by its API. */
final class SealedState {

  private SealedState() {}

  static JsonObject initialise(URI address) {
    JsonObject one = new JsonObject().add("secret_shares", 1).add("secret_threshold", 1);
    return call(address, "sys/init", one, Optional.empty());
  }

  static void seal(URI address, String rootToken) {
    call(address, "sys/seal", new JsonObject(), Optional.of(SecretValue.ofText(rootToken)));
  }

  static void unseal(URI address, String key) {
    call(address, "sys/unseal", new JsonObject().add("key", key), Optional.empty());
    Awaitility.await().until(() -> state(address) == NodeState.ACTIVE);
  }

  static NodeState state(URI address) {
    try (VaultHttp http = http(address)) {
      return http.probe().getOrDefault(address, NodeState.UNKNOWN);
    }
  }

  private static JsonObject call(
      URI address, String path, JsonObject body, Optional<SecretValue> token) {
    try (VaultHttp http = http(address)) {
      return http.answer(path, Optional.of(body), token);
    }
  }

  private static VaultHttp http(URI address) {
    return new VaultHttp("test", VaultServers.at(address), TimeSource.system());
  }
}
