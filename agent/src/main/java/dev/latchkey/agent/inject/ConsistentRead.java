package dev.latchkey.agent.inject;

import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads several secrets as they all were at one moment: none of them passed the door between the
 * first and the last read, else all are read again. Blocks.
 */
final class ConsistentRead {

  private static final int TRIES = 10;

  /** How far back another login is looked for. */
  private static final int EARLIER = 5;

  private final Current current;

  ConsistentRead(Current current) {
    this.current = current;
  }

  Reading read(Set<SecretName> secrets, boolean withPrevious) {
    for (int i = 0; i < TRIES; i++) {
      Map<SecretName, SecretState> states = new HashMap<>();
      Map<SecretName, SecretException> failures = readAll(secrets, states);
      if (!failures.isEmpty()) {
        return new Reading.NotAll(failures);
      }
      Values values = new Values(states, withPrevious ? previous(states) : Map.of());
      if (states.values().stream().allMatch(this::isStillCurrent)) {
        return new Reading.Together(values);
      }
    }
    return new Reading.Failed(
        SecretException.of(
            Reason.UNAVAILABLE, "the secrets change faster than they can be read together"));
  }

  /** Fills {@code states}, and answers why those are not there that are not. */
  private Map<SecretName, SecretException> readAll(
      Set<SecretName> secrets, Map<SecretName, SecretState> states) {
    Map<SecretName, SecretException> failures = new HashMap<>();
    for (SecretName name : secrets) {
      try {
        states.put(name, current.read(name).state());
      } catch (SecretException failure) {
        failures.put(name, failure);
      }
    }
    return failures;
  }

  /** A state that is not held any more was evicted, which changes nothing. */
  private boolean isStillCurrent(SecretState state) {
    return current
        .held(state.name())
        .map(Held::state)
        .filter(
            now ->
                now.id().version() != state.id().version()
                    || !now.id().epoch().equals(state.id().epoch()))
        .isEmpty();
  }

  private Map<SecretName, SecretState> previous(Map<SecretName, SecretState> states) {
    Map<SecretName, SecretState> previous = new HashMap<>();
    states
        .values()
        .forEach(
            state -> otherLogin(state).ifPresent(before -> previous.put(state.name(), before)));
    return previous;
  }

  private Optional<SecretState> otherLogin(SecretState state) {
    return current.history(state.name(), EARLIER).stream()
        .filter(before -> before.id().version() < state.id().version())
        .filter(before -> !user(before).equals(user(state)))
        .findFirst();
  }

  private static Optional<?> user(SecretState state) {
    return state.content().field(SecretContent.USERNAME);
  }
}
