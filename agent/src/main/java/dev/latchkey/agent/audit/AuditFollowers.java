package dev.latchkey.agent.audit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Those who read the chain as it grows. Each is told of what is committed, in order and once, by
 * whoever calls {@link #tell}; a reader that throws is told no more.
 */
final class AuditFollowers {

  /** How many entries are read at once. */
  static final int PAGE = 1000;

  private final LongFunction<List<AuditEntry>> after;
  private final List<Follower> followers = new CopyOnWriteArrayList<>();

  /** Reads entries through {@code after}: up to {@link #PAGE} that follow a sequence. */
  AuditFollowers(LongFunction<List<AuditEntry>> after) {
    this.after = after;
  }

  boolean any() {
    return !followers.isEmpty();
  }

  AutoCloseable add(Consumer<AuditEntry> reader, long toldUpTo) {
    Follower follower = new Follower(reader, toldUpTo);
    followers.add(follower);
    return () -> followers.remove(follower);
  }

  void tell() {
    followers.forEach(Follower::tell);
  }

  /** One reader and how far it has read. */
  private final class Follower {

    private final Consumer<AuditEntry> reader;
    private long toldUpTo;

    Follower(Consumer<AuditEntry> reader, long toldUpTo) {
      this.reader = reader;
      this.toldUpTo = toldUpTo;
    }

    synchronized void tell() {
      List<AuditEntry> page = after.apply(toldUpTo);
      while (!page.isEmpty() && followers.contains(this)) {
        try {
          page.forEach(reader);
        } catch (RuntimeException gone) {
          // A reader that cannot take entries, such as a cancelled call, is done.
          followers.remove(this);
          return;
        }
        toldUpTo = page.getLast().sequence();
        page = after.apply(toldUpTo);
      }
    }
  }
}
