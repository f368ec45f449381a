package dev.latchkey.cli.outcome;

/**
 * Ends a verb with an exit code, a sentence that says what failed and one that says what to do.
 * Neither ever holds a secret's bytes.
 */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String advice;
  private final boolean passing;

  /**
   * A failure.
   *
   * @param advice what to do next; empty when there is nothing to advise
   */
  public CommandFailure(ExitCode exitCode, String message, String advice) {
    this(exitCode, message, advice, exitCode == ExitCode.UNAVAILABLE);
  }

  private CommandFailure(ExitCode exitCode, String message, String advice, boolean passing) {
    super(message, null, false, false);
    this.exitCode = exitCode;
    this.advice = advice;
    this.passing = passing;
  }

  /** This failure as one that time may heal, such as a socket that is not opened to all yet. */
  public CommandFailure passing() {
    return new CommandFailure(exitCode, what(), advice, true);
  }

  /** A failure of the command line itself. */
  public static CommandFailure usage(String message, String advice) {
    return new CommandFailure(ExitCode.USAGE, message, advice);
  }

  /** What the process ends with. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** Whether the same may succeed a little later. */
  public boolean mayPass() {
    return passing;
  }

  /** What failed. */
  public String what() {
    String message = getMessage();
    return message == null ? exitCode.meaning() : message;
  }

  /** What to do next; empty when there is nothing to advise. */
  public String advice() {
    return advice;
  }
}
