package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Table;
import dev.latchkey.cli.output.Times;
import dev.latchkey.v1.ComponentStatus;
import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.GetStatusResponse;
import dev.latchkey.v1.RotationStatus;
import dev.latchkey.v1.SecretStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says how the agent, its components and its secrets are. */
@Command(description = "Says how the agent, its components, secrets and rotations are.")
final class StatusCommand extends AgentCommand {
  @Option(names = "--ready", description = "End with code 5 unless the agent is ready.")
  private boolean ready;

  @Override
  public ExitCode run() {
    GetStatusResponse answer = operator().getStatus(GetStatusRequest.getDefaultInstance());
    if (json()) {
      printJson(answer);
    } else {
      facts(answer).print(terminal().out());
      section(components(answer), answer.getComponentsCount());
      section(secrets(answer), answer.getSecretsCount());
      section(rotations(answer), answer.getRotationsCount());
    }
    return ready && !answer.getReady() ? ExitCode.UNAVAILABLE : ExitCode.OK;
  }

  private void section(Table table, int rows) {
    if (rows > 0) {
      terminal().out().println();
      table.print(terminal().out());
    }
  }

  private static Table facts(GetStatusResponse answer) {
    return new Table()
        .row("health", answer.getHealth())
        .row("ready", answer.getReady() ? "yes" : "no")
        .row("version", answer.getAgentVersion())
        .row("started", Times.shown(answer.getStartedAt()))
        .row("epoch", answer.getEpoch())
        .row("watchers", Integer.toUnsignedString(answer.getWatchers()));
  }

  private static Table components(GetStatusResponse answer) {
    Table table = new Table("COMPONENT", "HEALTH", "REASON");
    for (ComponentStatus component : answer.getComponentsList()) {
      table.row(component.getName(), component.getHealth(), component.getReason());
    }
    return table;
  }

  private static Table secrets(GetStatusResponse answer) {
    Table table = new Table("SECRET", "VERSION", "REQUIRED", "CONDITION", "REASON");
    for (SecretStatus secret : answer.getSecretsList()) {
      table.row(
          secret.getSummary().getName(),
          Credentials.state(secret.getSummary().getState()),
          secret.getSummary().getRequired() ? "yes" : "no",
          secret.getCondition(),
          secret.getReason());
    }
    return table;
  }

  private static Table rotations(GetStatusResponse answer) {
    Table table = new Table("ROTATION OF", "STANDS AT");
    for (RotationStatus rotation : answer.getRotationsList()) {
      table.row(rotation.getName(), Rotations.sentence(rotation));
    }
    return table;
  }
}
