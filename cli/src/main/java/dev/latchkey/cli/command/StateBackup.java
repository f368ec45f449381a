package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.BackupStateRequest;
import dev.latchkey.v1.BackupStateResponse;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Has the running agent write a sealed copy of its state. */
@Command(
    description =
        "Writes a sealed, consistent copy of the agent's state to a new file. The state key is not"
            + " part of it: keep that, too. With no agent running, or with --offline, the state"
            + " store is opened instead. Restore with: latchkey state restore")
final class StateBackup extends AgentCommand {
  @Parameters(
      paramLabel = "FILE",
      description = "A new file, in a directory that the agent may write.")
  private Path file = Path.of("");

  @Override
  public ExitCode run() {
    Path absolute = terminal().directory().resolve(file).normalize();
    BackupStateResponse answer =
        operator()
            .backupState(BackupStateRequest.newBuilder().setPath(absolute.toString()).build());
    if (json()) {
      printJson(answer);
    } else {
      terminal()
          .out()
          .println(
              "wrote "
                  + answer.getPath()
                  + ", "
                  + Long.toUnsignedString(answer.getSize())
                  + " bytes");
    }
    return ExitCode.OK;
  }
}
