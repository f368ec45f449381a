package dev.latchkey.agent.wiring;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a failure that nobody foresaw came from: types and places, since a message may quote. */
final class Unexpected {

  private static final int CAUSES = 5;
  private static final int FRAMES = 6;

  private Unexpected() {}

  static String trail(Throwable failure) {
    return Stream.iterate(failure, at -> at != null, Throwable::getCause)
        .limit(CAUSES)
        .map(Unexpected::link)
        .collect(Collectors.joining(" caused by "));
  }

  private static String link(Throwable failure) {
    return Arrays.stream(failure.getStackTrace())
        .limit(FRAMES)
        .map(StackTraceElement::toString)
        .collect(Collectors.joining(" < ", failure.getClass().getName() + " at ", ""));
  }
}
