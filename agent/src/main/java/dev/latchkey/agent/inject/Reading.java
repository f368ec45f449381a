package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.Collection;
import java.util.Map;

/** What came of reading the secrets of a delivery. */
sealed interface Reading {

  /** All were had, as they were at one moment. */
  record Together(Values values) implements Reading {}

  /**
   * Some could not be had.
   *
   * @param failures at least one
   */
  record NotAll(Map<SecretName, SecretException> failures) implements Reading {

    public NotAll {
      failures = Map.copyOf(failures);
    }

    /** Of several that cannot be had, one that is gone for good tells more than an outage. */
    SecretException worst() {
      Collection<SecretException> all = failures.values();
      return all.stream()
          .filter(Reading::saysGone)
          .findFirst()
          .orElseGet(() -> all.iterator().next());
    }
  }

  /** Something else failed. */
  record Failed(Throwable why) implements Reading {}

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
}
