package dev.latchkey.cli.child;

import java.time.Duration;
import java.util.Locale;

/**
 * How a child is accompanied.
 *
 * @param onChange what is done when a secret changes
 * @param signal the number of the signal that tells it
 * @param splay a change is acted on after a random part of this, so that many do not act at once
 * @param grace for how long a child may take to end before it is killed
 */
public record Supervision(OnChange onChange, int signal, Duration splay, Duration grace) {

  /** What is done when a secret changes. */
  public enum OnChange {
    /** Nothing: the command takes this process's place. */
    NOTHING,
    /** The child is sent a signal; its environment stays as it is. */
    SIGNAL,
    /** The child is ended and begun again with the new values. */
    RESTART;

    /** The word of the command line, which its parser shows where another was given. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
