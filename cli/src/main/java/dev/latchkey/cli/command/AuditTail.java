package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Characters;
import dev.latchkey.cli.output.Times;
import dev.latchkey.v1.AuditEntry;
import dev.latchkey.v1.TailAuditRequest;
import java.util.Iterator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows audit records, oldest first. */
@Command(description = "Shows the newest audit records, oldest of them first.")
final class AuditTail extends AgentCommand {
  @Option(
      names = {"-f", "--follow"},
      description = "Go on with new records until interrupted.")
  private boolean follow;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "At most so many before following. Default: 100.")
  private int limit;

  @Option(
      names = "--from",
      paramLabel = "SEQUENCE",
      description = "Begin with this record instead of the newest ones.")
  private long from;

  @Override
  public ExitCode run() {
    Iterator<AuditEntry> entries =
        operatorStream()
            .tailAudit(
                TailAuditRequest.newBuilder()
                    .setFromSequence(from)
                    .setLimit(limit)
                    .setFollow(follow)
                    .build());
    while (entries.hasNext()) {
      AuditEntry entry = entries.next();
      if (json()) {
        printJson(entry);
      } else {
        terminal().out().println(Characters.printable(line(entry)));
        terminal().out().flush();
      }
    }
    return ExitCode.OK;
  }

  private static String line(AuditEntry entry) {
    return entry.getSequence()
        + " "
        + Times.shown(entry.getAt())
        + " "
        + entry.getOutcome()
        + " "
        + entry.getOperation()
        + part(" ", entry.getSecret())
        + (entry.getVersion() == 0 ? "" : " version " + entry.getVersion())
        + " by "
        + entry.getActor()
        + (entry.getCount() > 1 ? " ×" + entry.getCount() : "")
        + part(": ", entry.getDetail())
        + part(" trace ", entry.getTraceId());
  }

  private static String part(String label, String text) {
    return text.isEmpty() ? "" : label + text;
  }
}
