package dev.latchkey.agent.inject;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.secret.StateId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** States and contents that a test makes by hand. */
final class States {

  static final Epoch EPOCH = new Epoch("epoch-one");
  static final SecretName SECRET = new SecretName("orders-db");

  private States() {}

  /** Content of fields and texts in turn. */
  static SecretContent content(String... fieldsAndTexts) {
    Map<String, SecretValue> fields = new HashMap<>();
    for (int i = 0; i < fieldsAndTexts.length; i += 2) {
      fields.put(fieldsAndTexts[i], SecretValue.ofText(fieldsAndTexts[i + 1]));
    }
    return new SecretContent(fields);
  }

  static SecretContent bytes(String field, byte... bytes) {
    return new SecretContent(Map.of(field, SecretValue.of(bytes)));
  }

  static SecretState state(SecretName name, long version, SecretContent content) {
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    return new SecretState(
        name,
        new StateId(EPOCH, version, version),
        "v" + version,
        content,
        new Lifetime.Unleased(),
        at,
        at,
        Optional.empty(),
        0,
        Cause.PUT);
  }

  static SecretState leased(SecretState state, Instant end) {
    Instant begin = end.isBefore(state.issuedAt()) ? end : state.issuedAt();
    return next(state, new Lifetime.Leased(begin, end, false));
  }

  static SecretState turned(SecretState state) {
    return next(state, state.lifetime());
  }

  /** The same value with its next revision. */
  private static SecretState next(SecretState state, Lifetime lifetime) {
    StateId id = state.id();
    return new SecretState(
        state.name(),
        new StateId(id.epoch(), id.version(), id.revision() + 1),
        state.backendVersion(),
        state.content(),
        lifetime,
        state.issuedAt(),
        state.publishedAt(),
        state.previousValidUntil(),
        state.rolledBackFrom(),
        state.cause());
  }

  static Held held(SecretState state) {
    return new Held(state, state.publishedAt(), false, Duration.ofDays(36500));
  }

  static Values values(SecretContent content) {
    return new Values(Map.of(SECRET, state(SECRET, 1, content)), Map.of());
  }

  /** What a format makes of a content: the bytes of its one file. */
  static byte[] rendered(Format format, SecretContent content) {
    return format.render("file", values(content)).getFirst().bytes();
  }

  static String text(Format format, SecretContent content) {
    return new String(rendered(format, content), StandardCharsets.UTF_8);
  }
}
