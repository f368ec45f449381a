package dev.latchkey.agent.current;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.latchkey.agent.secret.SecretName;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The values held in memory, bounded together by weight: those to be kept are pinned, the others
 * share what the pinned ones leave and are evicted by use.
 *
 * <p>Reads take no lock and allocate nothing but the clock's instant. Writes of one name must not
 * run side by side; the door sees to that.
 */
final class HeldValues {

  /** What an entry takes besides its fields, in bytes, rounded up. */
  static final int OVERHEAD = 512;

  private final long bound;
  private final Predicate<SecretName> isPinned;
  private final ConcurrentHashMap<SecretName, Entry> pinned = new ConcurrentHashMap<>();
  private final AtomicLong pinnedWeight = new AtomicLong();
  private final Cache<SecretName, Entry> evictable;

  HeldValues(long bound, Predicate<SecretName> isPinned) {
    this.bound = bound;
    this.isPinned = isPinned;
    this.evictable =
        Caffeine.newBuilder()
            .maximumWeight(bound)
            .weigher((SecretName name, Entry entry) -> entry.weight())
            .executor(Runnable::run)
            .build();
  }

  /** What is held and usable at {@code now}. */
  Optional<Held> usable(SecretName name, Instant now) {
    Entry entry = entry(name);
    return entry == null || !entry.isUsable(now) ? Optional.empty() : entry.held();
  }

  /** What is held, usable or not. */
  Optional<Held> any(SecretName name) {
    Entry entry = entry(name);
    return entry == null ? Optional.empty() : entry.held();
  }

  private @Nullable Entry entry(SecretName name) {
    Entry entry = pinned.get(name);
    return entry == null ? evictable.getIfPresent(name) : entry;
  }

  /** Whether {@code weight} bytes for {@code name} would fit beside the other pinned values. */
  boolean fits(SecretName name, int weight) {
    long others = isPinned.test(name) ? pinnedWeight.get() - weightOf(pinned.get(name)) : 0;
    return others + weight + OVERHEAD <= bound;
  }

  /** Replaces what is held of a name. */
  void hold(Held held) {
    SecretName name = held.state().name();
    Entry entry = Entry.of(held);
    if (isPinned.test(name)) {
      long change = (long) entry.weight() - weightOf(pinned.put(name, entry));
      if (change != 0) {
        long weight = pinnedWeight.addAndGet(change);
        evictable.policy().eviction().ifPresent(eviction -> eviction.setMaximum(left(weight)));
      }
    } else {
      evictable.put(name, entry);
    }
  }

  /** Holds nothing of a name any more. */
  void drop(SecretName name) {
    Entry before = pinned.remove(name);
    if (before != null) {
      long weight = pinnedWeight.addAndGet(-before.weight());
      evictable.policy().eviction().ifPresent(eviction -> eviction.setMaximum(left(weight)));
    }
    evictable.invalidate(name);
  }

  private long left(long weight) {
    return Math.max(bound - weight, 0);
  }

  private static int weightOf(@Nullable Entry entry) {
    return entry == null ? 0 : entry.weight();
  }

  /**
   * A held state with what every read of it needs, computed once.
   *
   * @param freshUntil the last instant at which {@code maxStale} allows it to be served
   * @param endsAt the instant from which its lease does not
   */
  private record Entry(
      Optional<Held> held, Instant freshUntil, @Nullable Instant endsAt, int weight) {

    static Entry of(Held held) {
      return new Entry(
          Optional.of(held),
          held.confirmedAt().plus(held.maxStale()),
          held.state().expiresAt().orElse(null),
          held.state().content().weight() + OVERHEAD);
    }

    boolean isUsable(Instant now) {
      return !now.isAfter(freshUntil) && (endsAt == null || now.isBefore(endsAt));
    }
  }
}
