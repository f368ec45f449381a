package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.PlanRotationRequest;
import dev.latchkey.v1.PlanRotationResponse;
import dev.latchkey.v1.RecoverCredentialRequest;
import dev.latchkey.v1.RotateSecretRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rotates a secret, says what that would do, or resets the pair of users. */
@Command(
    description = "Rotates a secret now and shows each step.",
    footer = {
      "",
      "Code 7 says that no new version is published yet, since something is in the way of the next"
          + " step; the agent tries again by itself. With --plan, that the rotation could not"
          + " begin now."
    })
final class Rotate extends AgentCommand {
  @Parameters(paramLabel = "NAME", description = "The secret's name.")
  private String name = "";

  @Option(names = "--plan", description = "Say what a rotation would do, and do nothing.")
  private boolean plan;

  @Option(
      names = "--recover",
      description = "Let the administrator reset the pair, for a store that lost the value.")
  private boolean recover;

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "A repeat with the same id joins the first one's rotation.")
  private String requestId = "";

  @Override
  public ExitCode run() {
    if (plan && recover) {
      throw CommandFailure.usage("--plan and --recover exclude each other", "");
    }
    if (plan) {
      return plan();
    }
    return new Progress(this)
        .follow(
            recover
                ? operatorStream()
                    .recoverCredential(RecoverCredentialRequest.newBuilder().setName(name).build())
                : operatorStream()
                    .rotateSecret(
                        RotateSecretRequest.newBuilder()
                            .setName(name)
                            .setRequestId(requestId)
                            .build()),
            false);
  }

  private ExitCode plan() {
    PlanRotationResponse answer =
        operator().planRotation(PlanRotationRequest.newBuilder().setName(name).build());
    if (json()) {
      printJson(answer);
    } else {
      Rotations.print(answer.getStepsList(), terminal().out());
    }
    if (answer.getBlocked().isEmpty()) {
      return ExitCode.OK;
    }
    terminal().err().println("latchkey rotate: could not begin now: " + answer.getBlocked());
    return ExitCode.NOT_NOW;
  }
}
