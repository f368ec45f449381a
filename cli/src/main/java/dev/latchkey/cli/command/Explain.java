package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Table;
import dev.latchkey.cli.output.Times;
import dev.latchkey.v1.ExplainSecretRequest;
import dev.latchkey.v1.ExplainSecretResponse;
import dev.latchkey.v1.HolderStatus;
import dev.latchkey.v1.PolicyRule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says where a name comes from, who may use it and how it stands. */
@Command(description = "Says where a name comes from, who may use it and how it stands.")
final class Explain extends AgentCommand {
  @Parameters(paramLabel = "NAME", description = "The secret's name; it need not exist.")
  private String name = "";

  @Override
  public ExitCode run() {
    ExplainSecretResponse answer =
        operator().explainSecret(ExplainSecretRequest.newBuilder().setName(name).build());
    if (json()) {
      printJson(answer);
    } else {
      print(answer);
    }
    return ExitCode.OK;
  }

  private void print(ExplainSecretResponse answer) {
    Table facts =
        new Table()
            .row("name", name)
            .row("origin", answer.getOrigin())
            .row("path", answer.getPath())
            .row("condition", condition(answer))
            .row("max stale", Times.shown(answer.getMaxStale()));
    if (answer.hasSummary()) {
      Credentials.describe(answer.getSummary(), facts);
    }
    if (answer.hasRotation()) {
      facts.row("rotation", Rotations.sentence(answer.getRotation()));
    }
    facts.print(terminal().out());
    rules(answer);
    holders(answer);
  }

  private static String condition(ExplainSecretResponse answer) {
    return answer.getReason().isEmpty()
        ? answer.getCondition()
        : answer.getCondition() + ": " + answer.getReason();
  }

  private void rules(ExplainSecretResponse answer) {
    terminal().out().println();
    if (answer.getRulesCount() == 0) {
      terminal().out().println("No rule of the policy allows anybody anything.");
      return;
    }
    Table rules = new Table("CALLERS", "SECRETS", "OPERATIONS");
    for (PolicyRule rule : answer.getRulesList()) {
      rules.row(rule.getCallers(), rule.getSecrets(), String.join(", ", rule.getOperationsList()));
    }
    rules.print(terminal().out());
  }

  private void holders(ExplainSecretResponse answer) {
    if (answer.getHoldersCount() == 0) {
      return;
    }
    terminal().out().println();
    Table holders = new Table("HOLDER", "KIND", "VERSION", "ACKNOWLEDGED");
    for (HolderStatus holder : answer.getHoldersList()) {
      holders.row(
          holder.getHolder(),
          holder.getKind(),
          holder.getVersion(),
          holder.getAcknowledges() ? holder.getAcknowledgedVersion() : "cannot");
    }
    holders.print(terminal().out());
  }
}
