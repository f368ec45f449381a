package dev.latchkey.cli.child;

import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What a child lacks, and when something is to be done about it: within the splay, and again with
 * growing waits when that could not be done. Used by one thread; instants are of {@code
 * System.nanoTime}.
 */
final class Changes {
  private static final long NEVER = Long.MAX_VALUE;

  private final Versions versions = new Versions();
  private final Duration splay;
  private final RandomGenerator random;
  private final Retry retry;
  private Map<String, String> acting = Map.of();
  private boolean renewing;
  private boolean retrying;
  private long at = NEVER;

  Changes(Duration splay, RandomGenerator random) {
    this.splay = splay;
    this.random = random;
    this.retry = new Retry(random);
  }

  /** A child is begun with these. */
  void begin(Map<String, String> delivered) {
    versions.begin(delivered);
  }

  /** A secret has that version now; whether nobody knew. What is to be retried waits no more. */
  boolean tell(String secret, String version) {
    boolean news = versions.tell(secret, version);
    if (news && retrying) {
      retrying = false;
      at = NEVER;
    }
    return news;
  }

  /** Plans what is to be done about versions that the child has not, unless it is being done. */
  void plan() {
    if (versions.hasNews() && at == NEVER && !renewing) {
      at = System.nanoTime() + (splay.isZero() ? 0 : random.nextLong(splay.toNanos()));
    }
  }

  /** When something is to be done. */
  long at() {
    return at;
  }

  /** It is done now; whether there is anything to do. */
  boolean isDue() {
    at = NEVER;
    retrying = false;
    return versions.hasNews();
  }

  /** It cannot be done yet. */
  void putOff(Duration pause) {
    at = System.nanoTime() + pause.toNanos();
  }

  /** The child is told of all of it, or needs not to be. */
  void deliver() {
    versions.deliver(versions.take());
  }

  /** Values for all of it are asked for. */
  void renew() {
    renewing = true;
    acting = versions.take();
  }

  /**
   * They are there.
   *
   * @param wanted whether a child can be given them; else this one lacks them still
   * @return whether one is to be begun with them
   */
  boolean renewed(Map<String, String> delivered, boolean wanted) {
    renewing = false;
    retry.reset();
    if (!wanted) {
      versions.giveBack(acting);
    }
    return wanted && !versions.isDelivered(delivered);
  }

  /** They could not be had. */
  void notRenewed() {
    renewing = false;
    versions.giveBack(acting);
    if (versions.hasNews()) {
      retrying = true;
      at = System.nanoTime() + retry.next();
    }
  }
}
