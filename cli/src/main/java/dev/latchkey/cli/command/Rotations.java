package dev.latchkey.cli.command;

import dev.latchkey.cli.output.Table;
import dev.latchkey.cli.output.Times;
import dev.latchkey.v1.PlannedStep;
import dev.latchkey.v1.RotationStatus;
import java.io.PrintStream;
import java.util.List;

/** Shows plans and rotations to people. */
final class Rotations {
  private Rotations() {}

  /** How a rotation stands, in one line. */
  static String sentence(RotationStatus status) {
    StringBuilder line = new StringBuilder(status.getStep());
    append(line, " version ", status.getVersion() == 0 ? "" : "" + status.getVersion());
    append(line, " login ", status.getLogin());
    append(line, ", ", status.getWaiting());
    append(line, ", ", status.getFailure());
    append(line, ", retires the previous by ", time(status.hasRetireAt(), status));
    if (status.hasNextAt()) {
      append(line, ", next ", Times.shown(status.getNextAt()));
    }
    if (status.getEndedSessions() > 0) {
      append(line, ", sessions ended ", "" + status.getEndedSessions());
    }
    return line.toString();
  }

  /** The steps of a plan, with what each sends to the target. */
  static void print(List<PlannedStep> steps, PrintStream out) {
    Table table = new Table("STEP", "WHAT IT DOES");
    for (PlannedStep step : steps) {
      table.row(step.getStep(), step.getDescription());
      step.getStatementsList().forEach(sql -> table.row(" ", "  " + sql));
    }
    table.print(out);
  }

  /** Statements for an administrator to run, as they are. */
  static void sql(List<String> statements, PrintStream out) {
    statements.forEach(out::println);
  }

  private static String time(boolean present, RotationStatus status) {
    return present ? Times.shown(status.getRetireAt()) : "";
  }

  private static void append(StringBuilder line, String label, String text) {
    if (!text.isEmpty()) {
      line.append(label).append(text);
    }
  }
}
