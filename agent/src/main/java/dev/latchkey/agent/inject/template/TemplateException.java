package dev.latchkey.agent.inject.template;

/**
 * A template cannot be compiled or rendered; the message says where and why, and never holds a
 * value.
 *
 * <p>It has no cause on purpose: the engine's own messages may quote what it was working on.
 */
public final class TemplateException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String template;
  private final int line;
  private final int column;
  private final String problem;

  TemplateException(String template, int line, int column, String problem) {
    super(template + ":" + line + ":" + column + ": " + problem);
    this.template = template;
    this.line = line;
    this.column = column;
    this.problem = problem;
  }

  /** What the template is called. */
  public String template() {
    return template;
  }

  /** The line, from 1. */
  public int line() {
    return line;
  }

  /** The character in the line, from 1. */
  public int column() {
    return column;
  }

  /** What is wrong and what to do, without the place. */
  public String problem() {
    return problem;
  }
}
