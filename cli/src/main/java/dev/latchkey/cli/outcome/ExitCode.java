package dev.latchkey.cli.outcome;

/** The exit codes that scripts may rely on. */
public enum ExitCode {
  /** Done. */
  OK(0, "done"),
  /** The agent, or what was asked of it, failed. */
  FAILED(1, "failed"),
  /** The command line or the configuration is wrong. */
  USAGE(2, "wrong usage or configuration"),
  /** The policy, or the socket's permissions, do not allow it. */
  DENIED(3, "denied"),
  /** There is no such secret, field, version or keyring. */
  NOT_FOUND(4, "not found"),
  /** No agent, no backend, or no answer in time; trying again later may help. */
  UNAVAILABLE(5, "unavailable: no agent, no backend, or no answer in time"),
  /** A compare-and-set was lost. */
  CONFLICT(6, "conflict: a compare-and-set was lost"),
  /** The state does not allow it now. */
  NOT_NOW(7, "not possible now"),
  /** Of {@code exec} alone: the secrets were not fresh in time, the command was not begun. */
  EXEC_TIMED_OUT(124, "exec: the secrets were not fresh in time"),
  /** Of {@code exec} alone: it failed itself, before or beside the command. */
  EXEC_FAILED(125, "exec: failed itself; else the command's own code, 128+n for signal n"),
  /** Of {@code exec} alone, as a shell has it. */
  NOT_EXECUTABLE(126, "exec: the command cannot be executed"),
  /** Of {@code exec} alone, as a shell has it. */
  NO_COMMAND(127, "exec: there is no such command");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** The number that the process ends with. */
  public int number() {
    return number;
  }

  /** The meaning in a few words, for the help. */
  public String meaning() {
    return meaning;
  }
}
