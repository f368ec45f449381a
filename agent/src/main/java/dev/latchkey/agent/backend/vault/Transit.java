package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.crypto.Keyrings;
import dev.latchkey.agent.crypto.Keyrings.Decrypted;
import dev.latchkey.agent.crypto.Keyrings.Encrypted;
import dev.latchkey.agent.crypto.Keyrings.KeyVersion;
import dev.latchkey.agent.crypto.RemoteKeyring;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A keyring whose keys are a key of the server's transit engine: a batch of the contract is one
 * batch of the engine. Safe for use by several threads; blocks.
 *
 * <p>What cannot be opened of a batch is refused for itself and always in the same words; what the
 * server says about it is told to nobody, because a caller could learn from it.
 */
final class Transit implements RemoteKeyring {

  private static final String RESULTS = "batch_results";
  private static final JsonObject ANY = new JsonObject();
  private static final KeyVersion UNTOLD = new KeyVersion(0, 0);

  private final AuthorisedCalls calls;
  private final TransitKey key;

  Transit(AuthorisedCalls calls, TransitKey key) {
    this.calls = calls;
    this.key = key;
  }

  /** Whether an answer has an outcome for each item, although its status says that some failed. */
  static boolean isOfBatch(JsonObject body) {
    return results(body).isPresent();
  }

  @Override
  public List<Encrypted> encrypt(List<Keyrings.Plain> items) {
    List<JsonObject> batch = items.stream().map(this::asked).toList();
    List<Encrypted> done = new ArrayList<>();
    for (JsonObject result : answers("encrypt", batch)) {
      done.add(
          TransitCiphertext.ofServer(ServerText.text(result, "ciphertext"))
              .map(made -> new Encrypted(made.bytes(key), made.version(key)))
              .orElseThrow(() -> cannotEncrypt(result)));
    }
    return done;
  }

  private JsonObject asked(Keyrings.Plain item) {
    if (key.derived() && item.associatedData().length() == 0) {
      throw SecretException.invalid(
          "associated_data", "is empty; the keys of this keyring are derived from it");
    }
    return bound(
        new JsonObject().add("plaintext", item.plaintext().read(Transit::base64)),
        item.associatedData());
  }

  /**
   * Each key takes the associated data as its cipher does, and a derived one is derived from it
   * too. The server passes over the context of a key that is not derived: it alone binds nothing.
   */
  private JsonObject bound(JsonObject item, SecretValue associatedData) {
    if (associatedData.length() == 0) {
      return item;
    }
    JsonObject bound = item.add("associated_data", associatedData.read(Transit::base64));
    return key.derived() ? bound.add("context", associatedData.read(Transit::base64)) : bound;
  }

  private SecretException cannotEncrypt(JsonObject result) {
    String error = ServerText.text(result, "error");
    String next =
        error.contains("context")
            ? "the key is a derived one; say derived: true at the keyring"
            : error.contains("associated_data")
                ? "its type takes no associated data; use a key of AES-GCM or ChaCha20"
                : "look at its type and at its min_encryption_version";
    return SecretException.of(
        Reason.NOT_POSSIBLE_NOW, "nothing can be encrypted under " + key.path() + ": " + next);
  }

  @Override
  public List<Decrypted> decrypt(List<Keyrings.Sealed> items) {
    List<Optional<TransitCiphertext>> texts = items.stream().map(item -> opening(item)).toList();
    List<JsonObject> batch = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      SecretValue data = items.get(i).associatedData();
      texts
          .get(i)
          .ifPresent(
              text -> batch.add(bound(new JsonObject().add("ciphertext", text.text()), data)));
    }
    var results = answers("decrypt", batch).iterator();
    return texts.stream()
        .map(text -> text.map(one -> opened(one, results.next())).orElseGet(Decrypted::refused))
        .toList();
  }

  /** What is worth sending: without its context a derived key opens nothing. */
  private Optional<TransitCiphertext> opening(Keyrings.Sealed item) {
    return key.derived() && item.associatedData().length() == 0
        ? Optional.empty()
        : TransitCiphertext.ofCaller(item.ciphertext(), key);
  }

  private Decrypted opened(TransitCiphertext text, JsonObject result) {
    @Nullable JsonValue plaintext = result.get("plaintext");
    if (!ServerText.text(result, "error").isEmpty() || plaintext == null || !plaintext.isString()) {
      return Decrypted.refused();
    }
    byte[] bytes = Base64.getDecoder().decode(plaintext.asString());
    SecretValue value = SecretValue.of(bytes);
    java.util.Arrays.fill(bytes, (byte) 0);
    return new Decrypted.Opened(value, text.version(key));
  }

  /** One answer for each item, from one call; from none where there are no items. */
  private List<JsonObject> answers(String verb, List<JsonObject> batch) {
    if (batch.isEmpty()) {
      return List.of();
    }
    JsonArray input = new JsonArray();
    batch.forEach(input::add);
    VaultRequest request =
        VaultRequest.write(
            key.mount() + "/" + verb + "/" + key.name(),
            new JsonObject().add("batch_input", input));
    Answer answer = calls.ask(request);
    List<JsonObject> results =
        results(
                switch (answer) {
                  case Answer.Done done -> done.body();
                  case Answer.Refused refused -> refused.body();
                })
            .orElseThrow(() -> refused(request, answer));
    if (results.size() != batch.size()) {
      throw strange(request);
    }
    return results;
  }

  private static Optional<List<JsonObject>> results(JsonObject body) {
    return ServerText.object(body, "data")
        .map(data -> data.get(RESULTS))
        .filter(JsonValue::isArray)
        .map(
            list -> {
              List<JsonObject> results = new ArrayList<>();
              list.asArray().forEach(one -> results.add(one.isObject() ? one.asObject() : ANY));
              return results;
            });
  }

  private SecretException refused(VaultRequest request, Answer answer) {
    if (!(answer instanceof Answer.Refused refused)) {
      return strange(request);
    }
    SecretException told = Failures.of(request, refused);
    return told.reason() == Reason.BACKEND_REFUSED
        ? told
        : SecretException.of(
            Reason.NOT_POSSIBLE_NOW,
            told.safeMessage() + "; see that there is the key " + key.path());
  }

  private static SecretException strange(VaultRequest request) {
    return SecretException.retryable(
        Reason.UNAVAILABLE,
        request.path() + ": the server does not answer as a transit engine does",
        Failures.USUAL_DELAY);
  }

  /**
   * Not every release tells the version with the answer. It is what the next encryption is made
   * with, and the newest of the key; a token may be allowed to see either, or neither.
   */
  @Override
  public KeyVersion rotate() {
    VaultRequest request = VaultRequest.write(key.path() + "/rotate", new JsonObject());
    return switch (calls.ask(request)) {
      case Answer.Done done -> version(done.body()).orElseGet(this::rotated);
      case Answer.Refused refused -> throw refused(request, refused);
    };
  }

  /** What is known of a key that was rotated for certain. */
  private KeyVersion rotated() {
    return tried(this::used).or(() -> tried(this::newest)).orElse(UNTOLD);
  }

  private static Optional<KeyVersion> tried(Supplier<Optional<KeyVersion>> way) {
    try {
      return way.get();
    } catch (SecretException cannotTell) {
      return Optional.empty();
    }
  }

  private Optional<KeyVersion> used() {
    SecretValue some = SecretValue.ofText("latchkey");
    SecretValue data = key.derived() ? some : SecretValue.ofText("");
    return Optional.of(encrypt(List.of(new Keyrings.Plain(some, data))).getFirst().key());
  }

  private Optional<KeyVersion> newest() {
    return version(calls.done(VaultRequest.lookUp(key.path())));
  }

  private Optional<KeyVersion> version(JsonObject answer) {
    return ServerText.object(answer, "data")
        .map(data -> ServerText.number(data, "latest_version"))
        .filter(latest -> latest > 0 && latest <= Integer.MAX_VALUE)
        .map(latest -> key.version(latest.intValue()));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
