package dev.latchkey.testing.vault;

import io.github.jopenlibs.vault.json.JsonObject;
import java.net.URI;

/** Initialises, seals and unseals a server by its API. */
final class SealedState {

  private SealedState() {}

  static JsonObject initialise(URI address) {
    JsonObject one = new JsonObject().add("secret_shares", 1).add("secret_threshold", 1);
    return call(address, "", "sys/init", one);
  }

  static void seal(URI address, String rootToken) {
    call(address, rootToken, "sys/seal", new JsonObject());
  }

  static void unseal(URI address, String key) {
    call(address, "", "sys/unseal", new JsonObject().add("key", key));
    try (VaultCalls calls = new VaultCalls(address, "")) {
      Until.holds("the server to be active", () -> calls.health() == VaultCalls.ACTIVE);
    }
  }

  private static JsonObject call(URI address, String token, String path, JsonObject body) {
    try (VaultCalls calls = new VaultCalls(address, token)) {
      return calls.write(path, body);
    }
  }
}
