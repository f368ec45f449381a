package dev.latchkey.agent.reload.process;

import dev.latchkey.agent.inject.ReloadFailed;
import java.util.Optional;

/**
 * A process held by a descriptor (pidfd): its number may be used again, this never means another.
 */
final class PinnedProcess implements AutoCloseable {

  private static final int NO_SUCH_PROCESS = 3;
  private static final int NOT_PERMITTED = 1;

  private final long pid;
  private final int descriptor;

  private PinnedProcess(long pid, int descriptor) {
    this.pid = pid;
    this.descriptor = descriptor;
  }

  /** The process that has this number now; empty when there is none. */
  static Optional<PinnedProcess> of(long pid) {
    long opened = Libc.pidfdOpen(pid);
    if (opened == -NO_SUCH_PROCESS) {
      return Optional.empty();
    }
    if (opened < 0) {
      throw new ReloadFailed(
          "the process " + pid + " cannot be held (error " + -opened + "); Linux 5.3 is needed");
    }
    return Optional.of(new PinnedProcess(pid, (int) opened));
  }

  /** Sends it a signal; answers whether it was still there. */
  boolean signal(int number) {
    long result = Libc.pidfdSignal(descriptor, number);
    if (result == -NO_SUCH_PROCESS) {
      return false;
    }
    if (result == -NOT_PERMITTED) {
      throw new ReloadFailed(
          "the agent's user may not signal the process " + pid + "; run both as one user");
    }
    if (result < 0) {
      throw new ReloadFailed("the process " + pid + " was not signalled (error " + -result + ")");
    }
    return true;
  }

  /** Waits for its end; answers whether it came within {@code millis}. */
  boolean awaitEnd(int millis) {
    return Libc.pollReadable(descriptor, millis);
  }

  @Override
  public void close() {
    Libc.close(descriptor);
  }
}
