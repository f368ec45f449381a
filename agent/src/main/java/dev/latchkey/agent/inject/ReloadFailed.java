package dev.latchkey.agent.inject;

/** A program could not be told of a change. The message is safe: it holds no output of anything. */
public final class ReloadFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param why what failed and what to do
   */
  public ReloadFailed(String why) {
    super(why);
  }
}
