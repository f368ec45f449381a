package dev.latchkey.client;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Says what kind of failure something is without its message, which may hold a value: "could not
 * convert [hunter2]".
 */
public final class FailureKind {

  private FailureKind() {}

  /**
   * The class of a failure and those of its causes; the message of a {@link LatchkeyException} too,
   * which is safe.
   */
  public static String of(Throwable failure) {
    Set<String> kinds = new LinkedHashSet<>();
    Throwable cause = failure;
    while (cause != null && kinds.add(kind(cause))) {
      cause = cause.getCause();
    }
    return String.join(", caused by ", kinds);
  }

  private static String kind(Throwable failure) {
    String name = failure.getClass().getName();
    return failure instanceof LatchkeyException safe ? name + ": " + safe.getMessage() : name;
  }
}
