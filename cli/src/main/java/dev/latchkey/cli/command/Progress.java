package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Characters;
import dev.latchkey.v1.RotationProgress;
import dev.latchkey.v1.RotationStatus;
import java.util.Iterator;

/** Shows each step of a rotation as it is taken, and says how it ended. */
final class Progress {
  private final AgentCommand command;

  Progress(AgentCommand command) {
    this.command = command;
  }

  /** Follows the stream to its end; {@code rollback} when an end by rolling back is the aim. */
  ExitCode follow(Iterator<RotationProgress> steps, boolean rollback) {
    if (!steps.hasNext()) {
      throw new CommandFailure(
          ExitCode.NOT_NOW,
          "the agent said nothing of the rotation before it ended the call",
          "See how it goes with: latchkey status");
    }
    RotationStatus last = RotationStatus.getDefaultInstance();
    while (steps.hasNext()) {
      last = steps.next().getStatus();
      if (command.json()) {
        command.printJson(last);
      } else {
        String line = Characters.printable(Rotations.sentence(last));
        command.terminal().out().println(last.getName() + " " + line);
        command.terminal().out().flush();
      }
    }
    return outcome(last, rollback);
  }

  private static ExitCode outcome(RotationStatus last, boolean rollback) {
    return switch (last.getStep()) {
      case "failed" -> ExitCode.FAILED;
      case "rolled back" -> rollback ? ExitCode.OK : ExitCode.FAILED;
      case "published", "drained", "retired" -> ExitCode.OK;
      default -> throw notYet(last);
    };
  }

  /** The stream ends before a publish only where something is in the way of the next step. */
  private static CommandFailure notYet(RotationStatus last) {
    String why = last.getWaiting().isEmpty() ? "" : ", " + last.getWaiting();
    return new CommandFailure(
        ExitCode.NOT_NOW,
        "no new version is published yet: "
            + last.getName()
            + " is at '"
            + last.getStep()
            + "'"
            + why,
        "The agent tries again by itself. See how it goes with: latchkey status");
  }
}
