package dev.latchkey.cli.command;

import com.google.protobuf.ByteString;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.AdoptCredentialRequest;
import dev.latchkey.v1.AdoptCredentialResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes over a user and password that the target already has. */
@Command(
    description =
        "Takes over a user that the target already has. Its password is read from standard input,"
            + " or asked for on a terminal.")
final class Adopt extends AgentCommand {
  @Parameters(paramLabel = "NAME", description = "The secret's name, declared with a rotation.")
  private String name = "";

  @Option(
      names = "--username",
      required = true,
      paramLabel = "USER",
      description = "The user that the target already has.")
  private String username = "";

  @Option(
      names = "--plan",
      description = "Say what would happen and what the administrator must run, and do nothing.")
  private boolean plan;

  @Override
  public ExitCode run() {
    ByteString password = new Input(terminal()).password("Password of " + username);
    AdoptCredentialResponse answer =
        operator()
            .adoptCredential(
                AdoptCredentialRequest.newBuilder()
                    .setName(name)
                    .setUsername(username)
                    .setPassword(password)
                    .setPlanOnly(plan)
                    .build());
    if (json()) {
      printJson(answer);
    } else {
      print(answer);
    }
    return ExitCode.OK;
  }

  private void print(AdoptCredentialResponse answer) {
    Rotations.print(answer.getStepsList(), terminal().out());
    if (answer.getAdministratorSqlCount() > 0) {
      terminal().out().println();
      terminal().out().println("An administrator must run first:");
      Rotations.sql(answer.getAdministratorSqlList(), terminal().out());
    }
    if (answer.hasState()) {
      terminal().out().println();
      terminal().out().println(name + " is now version " + answer.getState().getVersion());
    }
  }
}
