package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.RollbackSecretRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes an earlier version's content current again. */
@Command(
    description =
        "Makes an earlier version's content current again, as a new version, while its login still"
            + " lives.")
final class Rollback extends AgentCommand {
  @Parameters(paramLabel = "NAME", description = "The secret's name.")
  private String name = "";

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      description = "The version to go back to. Default: the one before the current.")
  private long version;

  @Override
  public ExitCode run() {
    return new Progress(this)
        .follow(
            operatorStream()
                .rollbackSecret(
                    RollbackSecretRequest.newBuilder().setName(name).setVersion(version).build()),
            true);
  }
}
