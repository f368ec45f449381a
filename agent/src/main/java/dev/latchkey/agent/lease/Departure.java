package dev.latchkey.agent.lease;

import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits, when the agent stops, until nobody uses what is about to be revoked. */
final class Departure {

  private static final Duration PACE = Duration.ofMillis(100);

  /** Beyond the cap, should the timers have ended before. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private final LeaseContext context;
  private final Supplier<Collection<SecretName>> revoked;

  /**
   * Waits for nobody yet.
   *
   * @param revoked the secrets of which leases are to be revoked
   */
  Departure(LeaseContext context, Supplier<Collection<SecretName>> revoked) {
    this.context = context;
    this.revoked = revoked;
  }

  /** Blocks until every holder is gone or {@code cap} is over. */
  void await(Duration cap, Predicate<Holder> isGone) {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    long until = context.time().nanoTime() + cap.toNanos();
    look(until, isGone, over);
    var _ = over.completeOnTimeout(false, cap.plus(SLACK).toNanos(), TimeUnit.NANOSECONDS).join();
  }

  private void look(long until, Predicate<Holder> isGone, CompletableFuture<Boolean> over) {
    boolean gone = isUnused(isGone);
    if (gone || context.time().nanoTime() - until >= 0) {
      over.complete(gone);
    } else {
      context.timers().schedule(PACE, () -> look(until, isGone, over));
    }
  }

  private boolean isUnused(Predicate<Holder> isGone) {
    return revoked.get().stream()
        .flatMap(secret -> context.holders().of(secret).stream())
        .allMatch(holding -> isGone.test(holding.holder()));
  }
}
