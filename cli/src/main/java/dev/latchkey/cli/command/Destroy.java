package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.DestroySecretRequest;
import dev.latchkey.v1.DestroySecretResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends versions for good. */
@Command(description = "Ends versions at the secret manager for good; nothing brings them back.")
final class Destroy extends AgentCommand {

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

  @Option(names = "--yes", description = "Needed, since nothing brings the versions back.")
  private boolean yes;

  @Override
  public ExitCode run() {
    if (!yes) {
      throw CommandFailure.usage(
          "destroy cannot be undone; say --yes to end the versions for good",
          "\"latchkey delete\" takes them away so that they can be brought back.");
    }
    DestroySecretResponse answer =
        operator()
            .destroySecret(
                DestroySecretRequest.newBuilder()
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
        + " is gone for good";
  }
}
