package dev.latchkey.client.placeholder;

import dev.latchkey.client.Credential;
import dev.latchkey.client.CredentialChange;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.client.StateId;
import dev.latchkey.client.Watch;
import dev.latchkey.client.WatchListener;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One secret on a watch of its own, so that what is said of it is not said of another.
 *
 * <p>What the policy refuses is not waited for, since only a change of the policy mends it; the
 * watch goes on all the same, so that a later read may succeed. Safe for any thread.
 */
final class FollowedSecret implements WatchListener {

  private static final System.Logger LOG = System.getLogger(WatchedSecrets.class.getName());
  private static final Duration QUIET = Duration.ofSeconds(5);

  private final String name;
  private final Runnable onChange;
  private final Runnable onNews;
  private final long deadline;
  private final CompletableFuture<Void> decided = new CompletableFuture<>();
  private volatile boolean arrived;
  private volatile boolean said;
  private volatile @Nullable LatchkeyException problem;
  private @Nullable Watch watch;
  private @Nullable StateId told;

  /**
   * @param onChange told of another version
   * @param onNews told that it may be readable again
   */
  FollowedSecret(String name, Duration timeout, Runnable onChange, Runnable onNews) {
    this.name = name;
    this.onChange = onChange;
    this.onNews = onNews;
    deadline = System.nanoTime() + timeout.toNanos();
  }

  /** Says which watch it is; before anybody else sees this object. */
  void follow(Watch begun) {
    watch = begun;
  }

  /** Whether there ever was a value. */
  boolean arrived() {
    return arrived;
  }

  /** How many nanoseconds the first value may still take. */
  long patience() {
    return Math.max(0, deadline - System.nanoTime());
  }

  Credential current() {
    return Objects.requireNonNull(watch, "watch").current(name);
  }

  /** Blocks until there is a value, or none is to be expected, or that moment of the clock. */
  void await(long until) {
    try {
      if (!decidedWithin(Math.min(QUIET.toNanos(), until - System.nanoTime()))) {
        sayOnce();
        if (!decidedWithin(until - System.nanoTime())) {
          throw failure();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LatchkeyException(Reason.CANCELLED, "Interrupted while waiting for the agent");
    }
  }

  private void sayOnce() {
    if (!said) {
      said = true;
      LOG.log(
          System.Logger.Level.INFO,
          () -> "Waiting for the secret " + name + ": " + failure().getMessage());
    }
  }

  private boolean decidedWithin(long nanos) throws InterruptedException {
    try {
      decided.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException refused) {
      if (arrived) {
        return true;
      }
      throw LatchkeyException.from(refused);
    }
  }

  private LatchkeyException failure() {
    LatchkeyException last = problem;
    return last != null
        ? last
        : new LatchkeyException(Reason.DEADLINE_EXCEEDED, "The agent has not answered");
  }

  @Override
  public void changed(CredentialChange change) {
    StateId state = change.credential().state();
    boolean another = told != null && !told.sameVersion(state);
    told = state;
    arrived = true;
    decided.complete(null);
    if (another) {
      onChange.run();
    }
    onNews.run();
  }

  @Override
  public void caughtUp() {
    onNews.run();
  }

  @Override
  public void unavailable(String secret, LatchkeyException why) {
    problem = why;
  }

  @Override
  public void disconnected(LatchkeyException why) {
    problem = why;
    switch (why.reason()) {
      case DENIED, UNKNOWN_CALLER, INVALID_REQUEST, UNSUPPORTED, CLOSED ->
          decided.completeExceptionally(why);
      default -> {
        // The watch tries again.
      }
    }
  }
}
