package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Table;
import dev.latchkey.cli.output.Times;
import dev.latchkey.v1.GetHistoryRequest;
import dev.latchkey.v1.GetHistoryResponse;
import dev.latchkey.v1.RotationStatus;
import dev.latchkey.v1.VersionEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the versions and rotations of a secret. */
@Command(description = "Lists the versions and rotations of a secret, newest first, no values.")
final class History extends AgentCommand {
  @Parameters(paramLabel = "NAME", description = "The secret's name.")
  private String name = "";

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "At most so many.")
  private int limit;

  @Override
  public ExitCode run() {
    GetHistoryResponse answer =
        operator().getHistory(GetHistoryRequest.newBuilder().setName(name).setLimit(limit).build());
    if (json()) {
      printJson(answer);
    } else {
      versions(answer).print(terminal().out());
      rotations(answer);
    }
    return ExitCode.OK;
  }

  private static Table versions(GetHistoryResponse answer) {
    Table table =
        new Table("VERSION", "PUBLISHED", "CAUSE", "LOGIN", "BACKEND VERSION", "CONTENT OF");
    for (VersionEntry entry : answer.getVersionsList()) {
      table.row(
          entry.getState().getVersion(),
          Times.shown(entry.getPublishedAt()),
          entry.getCause(),
          entry.getLogin(),
          entry.getBackendVersion(),
          entry.getRolledBackFrom() == 0 ? "-" : "version " + entry.getRolledBackFrom());
    }
    return table;
  }

  private void rotations(GetHistoryResponse answer) {
    if (answer.getRotationsCount() == 0) {
      return;
    }
    terminal().out().println();
    Table table = new Table("ROTATION", "STARTED", "STANDS AT");
    for (RotationStatus rotation : answer.getRotationsList()) {
      table.row(
          rotation.getRotationId(),
          Times.shown(rotation.getStartedAt()),
          Rotations.sentence(rotation));
    }
    table.print(terminal().out());
  }
}
