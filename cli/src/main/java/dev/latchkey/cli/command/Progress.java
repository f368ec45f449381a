package dev.latchkey.cli.command;

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
    return outcome(last.getStep(), rollback);
  }

  private static ExitCode outcome(String step, boolean rollback) {
    return switch (step) {
      case "failed" -> ExitCode.FAILED;
      case "rolled back" -> rollback ? ExitCode.OK : ExitCode.FAILED;
      case "blocked" -> ExitCode.NOT_NOW;
      default -> ExitCode.OK;
    };
  }
}
