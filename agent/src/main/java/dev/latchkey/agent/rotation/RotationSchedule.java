package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * When the next scheduled rotation is due: an interval after the last publish, up to a tenth
 * earlier.
 *
 * <p>The jitter is drawn from the name and the instant of the publish, so that it differs per
 * secret and a restart plans the same instant again. After a failure the next try backs off,
 * doubling, up to the interval. A pure function.
 */
final class RotationSchedule {

  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
  private static final double JITTER = 0.1;

  private RotationSchedule() {}

  /**
   * The next instant.
   *
   * @param newestFirst the secret's rotations
   */
  static Instant next(
      SecretName name, Instant publishedAt, Duration interval, List<RotationRecord> newestFirst) {
    double drawn = draw(name, publishedAt);
    Instant planned = publishedAt.plusNanos((long) (interval.toNanos() * (1 - JITTER * drawn)));
    int failures = failuresSince(publishedAt, newestFirst);
    if (failures == 0) {
      return planned;
    }
    Duration first = FIRST_RETRY.compareTo(interval) < 0 ? FIRST_RETRY : interval;
    Duration wait = new Backoff(first, interval).bound(failures);
    Instant retry = newestFirst.getFirst().stepAt().plus(wait);
    return retry.isAfter(planned) ? retry : planned;
  }

  private static int failuresSince(Instant publishedAt, List<RotationRecord> newestFirst) {
    return (int)
        newestFirst.stream()
            .takeWhile(row -> row.step() == RotationStep.FAILED)
            .filter(row -> row.kind() == RotationKind.ROTATE)
            .filter(row -> row.stepAt().isAfter(publishedAt))
            .count();
  }

  private static double draw(SecretName name, Instant publishedAt) {
    long mixed = name.text().hashCode() * 0x9E3779B97F4A7C15L + publishedAt.toEpochMilli();
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return ((mixed ^ (mixed >>> 31)) >>> 11) * 0x1.0p-53;
  }
}
