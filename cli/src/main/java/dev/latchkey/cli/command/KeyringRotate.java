package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.RotateKeyringRequest;
import dev.latchkey.v1.RotateKeyringResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Adds a key to a keyring. */
@Command(
    description =
        "Adds a key to a keyring and makes it the one that encrypts. Earlier ciphertexts still"
            + " decrypt.")
final class KeyringRotate extends AgentCommand {
  @Parameters(paramLabel = "KEYRING", description = "The keyring's name.")
  private String keyring = "";

  @Override
  public ExitCode run() {
    RotateKeyringResponse answer =
        operator().rotateKeyring(RotateKeyringRequest.newBuilder().setKeyring(keyring).build());
    if (json()) {
      printJson(answer);
    } else {
      terminal()
          .out()
          .println(
              keyring
                  + " now encrypts under key version "
                  + Integer.toUnsignedString(answer.getKeyVersion()));
    }
    return ExitCode.OK;
  }
}
