package dev.latchkey.agent.lifecycle;

/** The process's own end. Safe for use by several threads. */
@FunctionalInterface
public interface Ending {

  /**
   * Lets the process end as SIGTERM does, but with exit code 0. Returns at once; asking again
   * changes nothing.
   *
   * @param why who or what asked, for the agent's output; never holds a value
   * @param applicationEnded whether the application that is served has ended, so that whoever only
   *     read a value is gone
   */
  void ask(String why, boolean applicationEnded);
}
