package dev.latchkey.client.placeholder;

import dev.latchkey.client.FailureKind;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Looks every second whether something cannot be read any more, and then has a cache forget it.
 *
 * <p>A second time a second later, since a read that was under way may have put the value back.
 * After that the cache is left alone: what cannot be read cannot come into it.
 */
final class Bounds {

  private static final System.Logger LOG = System.getLogger(Bounds.class.getName());
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final Supplier<Set<SecretReference>> unreadable;
  private final Runnable forget;
  private final Later later;
  private Set<SecretReference> known = Set.of();
  private boolean again;

  /**
   * @param unreadable what cannot be read now
   * @param forget has the cache forget
   * @param later where it looks
   */
  Bounds(Supplier<Set<SecretReference>> unreadable, Runnable forget, Later later) {
    this.unreadable = unreadable;
    this.forget = forget;
    this.later = later;
  }

  void begin() {
    later.run(BETWEEN, this::look);
  }

  private void look() {
    try {
      Set<SecretReference> now = Set.copyOf(unreadable.get());
      boolean more = !known.containsAll(now);
      known = now;
      if (more || again) {
        again = more;
        forget.run();
      }
    } catch (RuntimeException thrown) {
      again = true;
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "Cached properties could not be forgotten: " + FailureKind.of(thrown));
    } finally {
      begin();
    }
  }
}
