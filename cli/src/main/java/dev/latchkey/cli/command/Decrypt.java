package dev.latchkey.cli.command;

import com.google.protobuf.ByteString;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.outcome.StatusFailures;
import dev.latchkey.cli.output.MessageJson;
import dev.latchkey.v1.DecryptItem;
import dev.latchkey.v1.DecryptRequest;
import dev.latchkey.v1.DecryptResult;
import dev.latchkey.v1.Failure;
import io.grpc.Status;
import java.time.Duration;
import java.util.Base64;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Decrypts standard input. */
@Command(
    description =
        "Decrypts standard input, as encrypt wrote it, to standard output. Nothing is added to the"
            + " plaintext.")
final class Decrypt extends AgentCommand {
  @Parameters(paramLabel = "KEYRING", description = "The keyring's name.")
  private String keyring = "";

  @Option(
      names = "--aad",
      paramLabel = "TEXT|@FILE",
      description = "The associated data that was given to encrypt.")
  private String associated = "";

  @Option(names = "--raw", description = "Read the ciphertext's bytes instead of base64.")
  private boolean raw;

  @Override
  public ExitCode run() {
    Input input = new Input(terminal());
    byte[] given = input.all();
    DecryptItem item =
        DecryptItem.newBuilder()
            .setCiphertext(ByteString.copyFrom(raw ? given : decoded(given)))
            .setAssociatedData(AssociatedData.read(associated, input))
            .build();
    DecryptResult result =
        application(Duration.ZERO)
            .decrypt(DecryptRequest.newBuilder().setKeyring(keyring).addItems(item).build())
            .getResults(0);
    if (result.hasFailure()) {
      throw failure(result.getFailure());
    }
    if (json()) {
      printJson(MessageJson.of(result));
    } else {
      byte[] bytes = result.getPlaintext().toByteArray();
      terminal().out().write(bytes, 0, bytes.length);
    }
    return ExitCode.OK;
  }

  private static byte[] decoded(byte[] base64) {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          "standard input is not base64", "When it holds the ciphertext's bytes, say --raw.");
    }
  }

  private CommandFailure failure(Failure failure) {
    Status status = Status.fromCodeValue(failure.getCode()).withDescription(failure.getMessage());
    return StatusFailures.of(status, socketInUse());
  }
}
