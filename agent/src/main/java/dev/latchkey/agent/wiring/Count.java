package dev.latchkey.agent.wiring;

/** A number of things, in words. */
final class Count {

  private Count() {}

  static String of(int count, String one, String several) {
    return count + " " + (count == 1 ? one : several);
  }
}
