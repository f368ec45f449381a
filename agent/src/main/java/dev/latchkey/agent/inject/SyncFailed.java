package dev.latchkey.agent.inject;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What was written is in place whole, and may be gone again after a crash of the machine: only the
 * last sync failed. The next write of the same syncs again.
 */
public final class SyncFailed extends UncheckedIOException {

  private static final long serialVersionUID = 1;

  /** Says so, with what failed. */
  public SyncFailed(String message, IOException cause) {
    super(message, cause);
  }
}
