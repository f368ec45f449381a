package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.UndeleteSecretRequest;
import dev.latchkey.v1.UndeleteSecretResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings deleted versions back. */
@Command(description = "Brings deleted versions back at the secret manager.")
final class Undelete extends AgentCommand {

  @Parameters(paramLabel = "NAME", description = "The secret's name.")
  private String name = "";

  @Option(
      names = "--versions",
      split = ",",
      required = true,
      paramLabel = "VERSION",
      description = "The secret manager's own numbers, as its history shows them.")
  private List<String> versions = List.of();

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "A repeat with the same id does nothing.")
  private String requestId = "";

  @Override
  public ExitCode run() {
    UndeleteSecretResponse answer =
        operator()
            .undeleteSecret(
                UndeleteSecretRequest.newBuilder()
                    .setName(name)
                    .addAllVersions(versions)
                    .setRequestId(requestId)
                    .build());
    if (json()) {
      printJson(answer);
    } else {
      terminal().out().println(told(answer.getVersionsList()));
    }
    return ExitCode.OK;
  }

  private String told(List<String> done) {
    return name
        + (done.isEmpty() ? "" : " version " + String.join(", ", done))
        + " can be read again";
  }
}
