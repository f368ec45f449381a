package dev.latchkey.agent.inject.template;

/**
 * Something wrong at a tag, on its way out through the engine to where the template's name is
 * known.
 */
final class Misuse extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The line of a problem whose place only the engine knows. */
  static final int UNKNOWN = 0;

  private final int line;
  private final int column;
  private final String problem;

  Misuse(String problem) {
    this(UNKNOWN, UNKNOWN, problem);
  }

  Misuse(int line, int column, String problem) {
    super(problem, null, false, false);
    this.line = line;
    this.column = column;
    this.problem = problem;
  }

  /** The same problem, at this call if it has no place yet. */
  Misuse at(Call call) {
    return line == UNKNOWN ? call.misuse(problem) : this;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }

  String problem() {
    return problem;
  }
}
