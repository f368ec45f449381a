package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.DeleteSecretRequest;
import dev.latchkey.v1.DeleteSecretResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes versions away so that they can be brought back. */
@Command(
    description =
        "Deletes versions at the secret manager, the newest where none is named. \"undelete\""
            + " brings them back.")
final class Delete extends AgentCommand {

  @Parameters(paramLabel = "NAME", description = "The secret's name.")
  private String name = "";

  @Option(
      names = "--versions",
      split = ",",
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
    DeleteSecretResponse answer =
        operator()
            .deleteSecret(
                DeleteSecretRequest.newBuilder()
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
    return name + (done.isEmpty() ? "" : " version " + String.join(", ", done)) + " is deleted";
  }
}
