package dev.latchkey.agent.lifecycle;

/** The process's own end. Safe for use by several threads. */
@FunctionalInterface
public interface Ending {

  /**
   * Lets the process end as SIGTERM does, but with exit code 0. Returns at once; asking again
   * changes nothing.
   *
   * @param why who or what asked, for the agent's output; never holds a value
   */
  void ask(String why);
}
