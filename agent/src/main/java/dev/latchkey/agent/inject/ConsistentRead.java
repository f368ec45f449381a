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

  Values read(Set<SecretName> secrets, boolean withPrevious) {
    for (int i = 0; i < TRIES; i++) {
      Map<SecretName, SecretState> states = new HashMap<>();
      readAll(secrets, states);
      Values values = new Values(states, withPrevious ? previous(states) : Map.of());
      if (states.values().stream().allMatch(this::isStillCurrent)) {
        return values;
      }
    }
    throw SecretException.of(
        Reason.UNAVAILABLE, "the secrets change faster than they can be read together");
  }

  /** Of several that cannot be had, one that is gone for good tells more than an outage. */
  private void readAll(Set<SecretName> secrets, Map<SecretName, SecretState> states) {
    Optional<SecretException> worst = Optional.empty();
    for (SecretName name : secrets) {
      try {
        states.put(name, current.read(name).state());
      } catch (SecretException failure) {
        worst = worst.isEmpty() || saysGone(failure) ? Optional.of(failure) : worst;
      }
    }
    if (worst.isPresent()) {
      throw worst.get();
    }
  }

  /** Whether the value itself is gone, and not merely out of reach. */
  static boolean saysGone(SecretException failure) {
    return switch (failure.reason()) {
      case NOT_FOUND, VERSION_DESTROYED, LEASE_EXPIRED -> true;
      case INVALID_REQUEST,
          UNKNOWN_CALLER,
          DENIED,
          BACKEND_REFUSED,
          NOT_POSSIBLE_NOW,
          CONFLICT,
          UNSUPPORTED,
          LIMIT_EXCEEDED,
          UNAVAILABLE,
          INTERNAL ->
          false;
    };
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
