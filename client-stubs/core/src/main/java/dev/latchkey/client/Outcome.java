package dev.latchkey.client;

import java.util.Optional;

/**
 * How one item of a batch ended: with a value, or with a failure beside the values of the others.
 *
 * @param <T> what a good outcome holds
 */
public sealed interface Outcome<T> {

  /** The value of a good outcome, else nothing. */
  Optional<T> value();

  /** The failure of a bad outcome, else nothing. */
  Optional<LatchkeyException> failure();

  /**
   * The value.
   *
   * @throws LatchkeyException the failure, when it is a bad outcome
   */
  T orThrow();

  /** A good outcome. */
  record Done<T>(T held) implements Outcome<T> {
    @Override
    public Optional<T> value() {
      return Optional.of(held);
    }

    @Override
    public Optional<LatchkeyException> failure() {
      return Optional.empty();
    }

    @Override
    public T orThrow() {
      return held;
    }
  }

  /** A bad outcome. */
  record Failed<T>(LatchkeyException why) implements Outcome<T> {
    @Override
    public Optional<T> value() {
      return Optional.empty();
    }

    @Override
    public Optional<LatchkeyException> failure() {
      return Optional.of(why);
    }

    @Override
    public T orThrow() {
      throw why;
    }
  }
}
