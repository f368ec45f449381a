package dev.latchkey.cli.command;

import com.google.protobuf.ByteString;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Characters;
import dev.latchkey.v1.EncryptItem;
import dev.latchkey.v1.EncryptRequest;
import dev.latchkey.v1.EncryptResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Encrypts standard input. */
@Command(
    description =
        "Encrypts standard input to standard output, under the newest key of a keyring. The"
            + " ciphertext is base64 on one line.")
final class Encrypt extends AgentCommand {
  @Parameters(paramLabel = "KEYRING", description = "The keyring's name.")
  private String keyring = "";

  @Option(
      names = "--aad",
      paramLabel = "TEXT|@FILE",
      description = "Associated data: bound to the ciphertext, and needed to decrypt it.")
  private String associated = "";

  @Option(names = "--raw", description = "Write the ciphertext's bytes instead of base64.")
  private boolean raw;

  @Override
  public ExitCode run() {
    Input input = new Input(terminal());
    EncryptItem item =
        EncryptItem.newBuilder()
            .setPlaintext(ByteString.copyFrom(input.all()))
            .setAssociatedData(AssociatedData.read(associated, input))
            .build();
    EncryptResult result =
        application(Duration.ZERO)
            .encrypt(EncryptRequest.newBuilder().setKeyring(keyring).addItems(item).build())
            .getResults(0);
    if (json()) {
      printJson(tree(result));
    } else if (raw) {
      byte[] bytes = result.getCiphertext().toByteArray();
      terminal().out().write(bytes, 0, bytes.length);
    } else {
      terminal().out().println(Characters.base64(result.getCiphertext()));
    }
    return ExitCode.OK;
  }

  private static Map<String, @Nullable Object> tree(EncryptResult result) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("ciphertext", Characters.base64(result.getCiphertext()));
    tree.put("key_id", Integer.toUnsignedLong(result.getKeyId()));
    tree.put("key_version", Integer.toUnsignedLong(result.getKeyVersion()));
    return tree;
  }
}
