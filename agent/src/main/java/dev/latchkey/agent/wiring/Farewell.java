package dev.latchkey.agent.wiring;

import dev.latchkey.agent.consumer.Holder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What the end begins with, while the sockets are still open: files are left as they shall be left,
 * and then leases are let go. Of a file that is left so nobody can begin to use what was in it, so
 * no lease waits for those who might.
 *
 * @param files leaves them
 * @param isLeft whether a delivery's files are blank or gone, by its name as a holder
 * @param isWatching whether a watcher is still connected, by its name as a holder
 * @param applicationEnded whether it was said that the application has ended
 * @param letGo waits for the holders of leases that are to be revoked, but for those that are gone
 */
record Farewell(
    AutoCloseable files,
    Predicate<String> isLeft,
    Predicate<String> isWatching,
    BooleanSupplier applicationEnded,
    Consumer<Predicate<Holder>> letGo)
    implements AutoCloseable {

  @Override
  public void close() throws Exception {
    try {
      files.close();
    } finally {
      letGo.accept(this::isGone);
    }
  }

  /** Watchers can be seen to go; of others nobody knows, unless it was said. */
  private boolean isGone(Holder holder) {
    return switch (holder.kind()) {
      case WATCH -> !isWatching.test(holder.id());
      case FILE -> isLeft.test(holder.id()) || applicationEnded.getAsBoolean();
      case READ, ENVIRONMENT -> applicationEnded.getAsBoolean();
    };
  }
}
