package dev.latchkey.agent.machine;

/**
 * Whether there is such an account could not be found out, which is no answer that there is none.
 */
public final class AccountsFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what did not answer, in words that complete a sentence. */
  public AccountsFailed(String message) {
    super(message);
  }
}
