package dev.latchkey.client.placeholder;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One of the things that are done after secrets have changed. What it throws is logged by its class
 * alone, hinders no other step, and has it done again unless it is done once.
 *
 * @param name what it does, for the log, such as "set the settings anew"
 * @param needsAll whether it is put off while anything that the configuration refers to cannot be
 *     read, because it reads more than what changed
 * @param after how long after the step before it is done
 * @param oneByOne whether it is told each secret by itself
 * @param unrepeated whether it is not done again where it throws, because part of it was done
 * @param action is told the names of the secrets, never on two threads at once
 */
public record Step(
    String name,
    boolean needsAll,
    Duration after,
    boolean oneByOne,
    boolean unrepeated,
    Consumer<Set<String>> action) {

  /** Refuses a negative time. */
  public Step {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(action, "action");
    if (after.isNegative()) {
      throw new IllegalArgumentException("after is negative");
    }
  }

  /** A step that is done at once, whatever else cannot be read, with all secrets together. */
  public static Step of(String name, Consumer<Set<String>> action) {
    return new Step(name, false, Duration.ZERO, false, false, action);
  }

  /** A step that is done at once, whatever else cannot be read, with one secret after another. */
  public static Step forEach(String name, Consumer<String> action) {
    return new Step(name, false, Duration.ZERO, true, false, secrets -> secrets.forEach(action));
  }

  /** This step, put off while anything that the configuration refers to cannot be read. */
  public Step needingAll() {
    return new Step(name, true, after, oneByOne, unrepeated, action);
  }

  /** This step, done so long after the one before. */
  public Step after(Duration wait) {
    return new Step(name, needsAll, wait, oneByOne, unrepeated, action);
  }

  /** This step, done once for each change, also where it throws. */
  public Step once() {
    return new Step(name, needsAll, after, oneByOne, true, action);
  }

  boolean waits() {
    return !after.isZero();
  }
}
