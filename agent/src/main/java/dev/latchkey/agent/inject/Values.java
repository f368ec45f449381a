package dev.latchkey.agent.inject;

import dev.latchkey.agent.inject.template.Utf8;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a delivery is rendered from: states that were all current at one moment.
 *
 * @param previous the version with the login before the current one, of those secrets that have one
 */
public record Values(Map<SecretName, SecretState> current, Map<SecretName, SecretState> previous) {

  public Values {
    current = Map.copyOf(current);
    previous = Map.copyOf(previous);
  }

  /** Whatever is written, the older first. */
  List<SecretState> all() {
    return Stream.concat(previous.values().stream(), current.values().stream()).toList();
  }

  SecretContent content(SecretName secret) {
    SecretState state = current.get(secret);
    if (state == null) {
      throw new IllegalArgumentException(secret + " was not read");
    }
    return state.content();
  }

  Optional<SecretContent> previous(SecretName secret) {
    return Optional.ofNullable(previous.get(secret)).map(SecretState::content);
  }

  /** One field, which must be there. */
  SecretValue field(SecretName secret, String field) {
    SecretContent content = content(secret);
    return content
        .field(field)
        .orElseThrow(
            () -> refused(secret + " has no field \"" + field + "\"; it has " + namesOf(content)));
  }

  /** Hands the characters of a value to {@code reader}, and clears them afterwards. */
  static <T> T text(
      SecretName secret, String field, SecretValue value, Function<CharBuffer, T> reader) {
    CharBuffer text =
        value
            .read(Utf8::characters)
            .orElseThrow(
                () ->
                    refused(
                        secret
                            + ": "
                            + field
                            + " is no text in UTF-8, so only the format raw can hold it"));
    try {
      return reader.apply(text);
    } finally {
      Arrays.fill(text.array(), '\0');
    }
  }

  static String namesOf(SecretContent content) {
    return String.join(", ", content.fields().keySet());
  }

  /** Why a delivery cannot be rendered. */
  static SecretException refused(String why) {
    return SecretException.of(Reason.NOT_POSSIBLE_NOW, why);
  }
}
