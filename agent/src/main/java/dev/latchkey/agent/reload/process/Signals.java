package dev.latchkey.agent.reload.process;

/** The numbers of signals; the same on every machine that the agent is made for. */
final class Signals {

  private Signals() {}

  static int number(String name) {
    return switch (name) {
      case "HUP" -> 1;
      case "INT" -> 2;
      case "QUIT" -> 3;
      case "USR1" -> 10;
      case "USR2" -> 12;
      case "TERM" -> 15;
      case "WINCH" -> 28;
      default -> throw new IllegalArgumentException("no signal for a reload: " + name);
    };
  }

  static final int KILL = 9;
}
