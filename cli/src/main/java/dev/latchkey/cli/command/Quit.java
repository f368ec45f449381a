package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.QuitRequest;
import picocli.CommandLine.Command;

/** Asks the agent to end, as SIGTERM does. */
@Command(
    description =
        "Asks the agent to end. It answers, refuses new calls, lets calls under way finish for at"
            + " most agent.drain, does what on_exit says, and ends with code 0.")
final class Quit extends AgentCommand {
  @Override
  public ExitCode run() {
    var answer = operator().quit(QuitRequest.getDefaultInstance());
    if (json()) {
      printJson(answer);
    } else {
      terminal().out().println("the agent ends");
    }
    return ExitCode.OK;
  }
}
