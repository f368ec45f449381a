package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which states of its secrets a delivery knows of: without their values. Confined to its mailbox.
 */
final class Noted {

  private final Map<SecretName, StateId> states = new HashMap<>();
  private final Map<SecretName, Instant> ends = new HashMap<>();
  private final Set<SecretName> missing = new HashSet<>();

  /** What a state that was told means. */
  enum Meaning {
    /** An older one than the one known, or the same value. */
    NOTHING,
    /** Another value, or one that the secret manager has again. */
    CHANGE,
    /** The value is good no more. */
    END
  }

  Meaning note(SecretName name, News.Current now, Instant at) {
    StateId before = states.get(name);
    if (before != null && before.isAfter(now.id())) {
      return Meaning.NOTHING;
    }
    states.put(name, now.id());
    ends.remove(name);
    boolean isBack = !now.stale() && missing.remove(name);
    if (now.endsAt().filter(end -> !at.isBefore(end)).isPresent()) {
      return Meaning.END;
    }
    now.endsAt().ifPresent(end -> ends.put(name, end));
    return isBack || before == null || !isSameValue(before, now.id())
        ? Meaning.CHANGE
        : Meaning.NOTHING;
  }

  private static boolean isSameValue(StateId a, StateId b) {
    return a.version() == b.version() && a.epoch().equals(b.epoch());
  }

  /** What was written just now. */
  void written(SecretState now) {
    states.put(now.name(), now.id());
    ends.remove(now.name());
    now.expiresAt().ifPresent(end -> ends.put(now.name(), end));
  }

  /** Nothing of it is current any more. */
  void forget(SecretName name) {
    states.remove(name);
    ends.remove(name);
    missing.remove(name);
  }

  /** The secret manager has it no more; answers whether that is news. */
  boolean isMissing(SecretName name) {
    return missing.add(name);
  }

  /** A secret that the secret manager has no more. */
  Optional<SecretName> anyMissing() {
    return missing.stream().sorted().findFirst();
  }

  /** Those whose value has ended by {@code at}, each answered once. */
  List<SecretName> endedBy(Instant at) {
    List<SecretName> ended =
        ends.entrySet().stream()
            .filter(end -> !at.isBefore(end.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    ended.forEach(ends::remove);
    return ended;
  }

  /** How long until the next value ends, by the wall clock. */
  Optional<Duration> untilEnd(Instant at) {
    return ends.values().stream().sorted().findFirst().map(end -> Duration.between(at, end));
  }
}
