package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.VerifyAuditRequest;
import dev.latchkey.v1.VerifyAuditResponse;
import picocli.CommandLine.Command;

/** Has the running agent recompute its audit chain. */
@Command(
    description =
        "Recomputes the audit chain and says where it breaks; code 1 when it does. With no agent"
            + " running, or with --offline, the state store is opened instead.")
final class AuditVerify extends AgentCommand {
  @Override
  public ExitCode run() {
    VerifyAuditResponse answer = operator().verifyAudit(VerifyAuditRequest.getDefaultInstance());
    if (json()) {
      printJson(answer);
    } else if (answer.getIntact()) {
      terminal().out().println("intact: " + answer.getRecords() + " records");
    } else {
      terminal()
          .out()
          .println(
              "BROKEN: record "
                  + answer.getBrokenSequence()
                  + " was "
                  + answer.getProblem()
                  + ", of "
                  + answer.getRecords()
                  + " records");
    }
    return answer.getIntact() ? ExitCode.OK : ExitCode.FAILED;
  }
}
