package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Table;
import dev.latchkey.cli.output.Times;
import dev.latchkey.v1.LeaseEntry;
import dev.latchkey.v1.ListLeasesRequest;
import dev.latchkey.v1.ListLeasesResponse;
import picocli.CommandLine.Command;

/** Shows the ledger of leases. */
@Command(
    description =
        "Lists the leases that the agent owns. A line at \"intent\" is a request whose answer was"
            + " lost: a lease may have been granted that nobody knows, and it ends by itself.")
final class LeaseList extends AgentCommand {

  @Override
  public ExitCode run() {
    ListLeasesResponse answer = operator().listLeases(ListLeasesRequest.getDefaultInstance());
    if (json()) {
      printJson(answer);
      return ExitCode.OK;
    }
    if (answer.getLeasesCount() == 0) {
      terminal().out().println("no leases");
      return ExitCode.OK;
    }
    Table table = new Table("ID", "SECRET", "VERSION", "STAGE", "ENDS", "TROUBLE");
    for (LeaseEntry lease : answer.getLeasesList()) {
      table.row(
          lease.getId(),
          lease.getSecret(),
          lease.getVersion() == 0 ? "" : Long.toUnsignedString(lease.getVersion()),
          lease.getStage(),
          Times.shown(lease.getExpiresAt()),
          lease.getTrouble());
    }
    table.print(terminal().out());
    return ExitCode.OK;
  }
}
