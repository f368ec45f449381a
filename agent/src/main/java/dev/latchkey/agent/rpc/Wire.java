package dev.latchkey.agent.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.StateId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The agent's values as messages of {@code latchkey.v1}, and back. */
final class Wire {

  /** The bounds of google.protobuf.Duration. */
  private static final long MOST_SECONDS = 315_576_000_000L;

  private static final int MOST_NANOS = 999_999_999;

  private Wire() {}

  static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }

  static Duration duration(java.time.Duration length) {
    return Duration.newBuilder().setSeconds(length.getSeconds()).setNanos(length.getNano()).build();
  }

  /** A length of time as a caller gave it in {@code field}; a negative one is refused. */
  static java.time.Duration length(String field, Duration length) {
    boolean hasSeconds = length.getSeconds() >= 0 && length.getSeconds() <= MOST_SECONDS;
    boolean hasNanos = length.getNanos() >= 0 && length.getNanos() <= MOST_NANOS;
    if (!hasSeconds || !hasNanos) {
      throw SecretException.invalid(field, "is no length of time between none and 10,000 years");
    }
    return java.time.Duration.ofSeconds(length.getSeconds(), length.getNanos());
  }

  static StateId stateId(dev.latchkey.agent.secret.StateId id) {
    return StateId.newBuilder()
        .setEpoch(id.epoch().id())
        .setVersion(id.version())
        .setRevision(id.revision())
        .build();
  }

  static ByteString bytes(SecretValue value) {
    return value.read(ByteString::copyFrom);
  }

  static SecretValue value(ByteString bytes) {
    return SecretValue.of(bytes.toByteArray());
  }

  static SecretContent content(Map<String, ByteString> fields) {
    Map<String, SecretValue> values = new HashMap<>();
    fields.forEach((name, bytes) -> values.put(name, value(bytes)));
    return new SecretContent(values);
  }

  /** A held state with how it stands now. */
  static Credential credential(Held held, Instant now, Fields fields) {
    return constant(held, fields).setStale(held.stale()).setAge(duration(held.age(now))).build();
  }

  /** What of a held state does not change while it is held. */
  static Credential.Builder constant(Held held, Fields fields) {
    return state(held.state(), fields).setMaxStale(duration(held.maxStale()));
  }

  /** A state as such, without how fresh it is. */
  static Credential.Builder state(SecretState state, Fields fields) {
    Credential.Builder credential =
        Credential.newBuilder()
            .setName(state.name().text())
            .setState(stateId(state.id()))
            .setBackendVersion(state.backendVersion())
            .setIssuedAt(timestamp(state.issuedAt()))
            .setRenewable(
                switch (state.lifetime()) {
                  case Lifetime.Unleased unleased -> false;
                  case Lifetime.Leased leased -> leased.renewable();
                })
            .setRolledBackFrom(state.rolledBackFrom());
    state.expiresAt().ifPresent(at -> credential.setExpiresAt(timestamp(at)));
    state.previousValidUntil().ifPresent(at -> credential.setPreviousValidUntil(timestamp(at)));
    fields.copy(state.content(), credential);
    return credential;
  }

  /** Which fields of a secret go into a message. */
  @FunctionalInterface
  interface Fields {

    Fields ALL =
        (content, credential) ->
            content.fields().forEach((name, value) -> credential.putFields(name, bytes(value)));

    Fields NONE = (content, credential) -> {};

    void copy(SecretContent content, Credential.Builder credential);

    /** The one field of that name. */
    static Fields only(String name) {
      return (content, credential) ->
          content.field(name).ifPresent(value -> credential.putFields(name, bytes(value)));
    }
  }
}
