package dev.latchkey.agent.inject;

/** Tells a program that its files changed. Blocks, on a platform thread. */
@FunctionalInterface
public interface Reloader {

  /**
   * Tells it, and waits for what can be waited for.
   *
   * @return whether there was somebody to tell: a program that does not run reads the new files
   *     when it starts
   * @throws ReloadFailed when it was not told, and should be told again
   */
  boolean reload(Reload reload);

  /** Ends what is under way, as failed, and whatever is begun later. */
  default void abort() {}
}
