package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Table;
import dev.latchkey.v1.CheckTargetRequest;
import dev.latchkey.v1.CheckTargetResponse;
import dev.latchkey.v1.TargetCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Proves the rights of a target's administrator, or prints the SQL that grants them. */
@Command(
    description =
        "Proves that a target's administrator has the rights that rotation needs. Code 1 when one"
            + " is missing.")
final class TargetCheckCommand extends AgentCommand {
  @Parameters(
      paramLabel = "NAME",
      description = "The target's name, or that of a secret rotated on it.")
  private String name = "";

  @Option(
      names = "--sql",
      description = "Print the SQL that grants what is needed, without asking the target.")
  private boolean sql;

  @Override
  public ExitCode run() {
    CheckTargetResponse answer =
        operator().checkTarget(CheckTargetRequest.newBuilder().setName(name).setSql(sql).build());
    if (json()) {
      printJson(answer);
    } else {
      print(answer);
    }
    boolean passed = answer.getChecksList().stream().allMatch(TargetCheck::getPassed);
    return passed ? ExitCode.OK : ExitCode.FAILED;
  }

  private void print(CheckTargetResponse answer) {
    if (answer.getChecksCount() > 0) {
      Table table = new Table("CHECK", "RESULT", "DETAIL");
      for (TargetCheck check : answer.getChecksList()) {
        table.row(check.getCheck(), check.getPassed() ? "ok" : "MISSING", check.getDetail());
      }
      table.print(terminal().out());
    }
    Rotations.sql(answer.getAdministratorSqlList(), terminal().out());
  }
}
