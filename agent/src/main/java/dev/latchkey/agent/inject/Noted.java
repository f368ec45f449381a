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

  private final Map<SecretName, News.Current> states = new HashMap<>();
  private final Map<SecretName, Instant> ends = new HashMap<>();
  private final Set<SecretName> missing = new HashSet<>();
  private final Set<SecretName> withdrawn = new HashSet<>();
  private final Set<SecretName> cameFresh = new HashSet<>();

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
    News.Current before = states.get(name);
    if (before != null && before.id().isAfter(now.id())) {
      return Meaning.NOTHING;
    }
    know(name, now);
    withdrawn.remove(name);
    boolean isBack = !now.stale() && missing.remove(name);
    if (now.isOver(at)) {
      ends.remove(name);
      return Meaning.END;
    }
    if (!now.stale()) {
      cameFresh.add(name);
    }
    return isBack || before == null || !isSameValue(before.id(), now.id())
        ? Meaning.CHANGE
        : Meaning.NOTHING;
  }

  private void know(SecretName name, News.Current now) {
    states.put(name, now);
    ends.remove(name);
    now.endsAt().ifPresent(end -> ends.put(name, end));
  }

  private static boolean isSameValue(StateId a, StateId b) {
    return a.version() == b.version() && a.epoch().equals(b.epoch());
  }

  /** The values are about to be read. */
  void readBegins() {
    withdrawn.clear();
    cameFresh.clear();
  }

  /** Whether a fresh value was told since the values were about to be read. */
  boolean cameFresh(SecretName name) {
    return cameFresh.contains(name);
  }

  /** Whether the values that were read are no older than what was told since, and still good. */
  boolean agrees(Values values, Instant at) {
    return missing.isEmpty()
        && values.current().values().stream().allMatch(state -> agrees(state, at));
  }

  private boolean agrees(SecretState state, Instant at) {
    News.Current read = News.Current.of(state);
    News.Current told = states.getOrDefault(state.name(), read);
    return !withdrawn.contains(state.name())
        && (told.id().isAfter(read.id())
            ? isSameValue(told.id(), read.id()) && !told.isOver(at)
            : !read.isOver(at));
  }

  /** What was written just now. */
  void written(SecretState now) {
    News.Current told = states.get(now.name());
    if (told == null || !told.id().isAfter(now.id())) {
      know(now.name(), News.Current.of(now));
    }
  }

  /** Nothing of it is current any more. */
  void forget(SecretName name) {
    states.remove(name);
    ends.remove(name);
    missing.remove(name);
    withdrawn.add(name);
  }

  /** The secret manager has it no more; answers whether that is news. */
  boolean isMissing(SecretName name) {
    return missing.add(name);
  }

  /** Whether the secret manager has it no more. */
  boolean lacks(SecretName name) {
    return missing.contains(name);
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
