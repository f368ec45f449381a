package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.RevokeLeaseRequest;
import dev.latchkey.v1.RevokeLeaseResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Ends a lease. */
@Command(
    description =
        "Revokes a lease at the secret manager, whoever holds it. One whose value is current gets"
            + " its successor first; whoever still uses the old value fails.")
final class LeaseRevoke extends AgentCommand {

  @Parameters(paramLabel = "ID", description = "The lease's id, as \"lease list\" shows it.")
  private String id = "";

  @Override
  public ExitCode run() {
    RevokeLeaseResponse answer =
        operator().revokeLease(RevokeLeaseRequest.newBuilder().setId(id).build());
    if (json()) {
      printJson(answer);
    } else {
      terminal().out().println("revoked");
    }
    return ExitCode.OK;
  }
}
