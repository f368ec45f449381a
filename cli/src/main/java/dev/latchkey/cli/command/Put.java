package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.PutSecretRequest;
import dev.latchkey.v1.PutSecretResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a secret; its values come from standard input or from files. */
@Command(
    description = "Writes a secret. The fields given replace all fields there were.",
    footer = {
      "",
      "  printf %%s \"$PASSWORD\" | latchkey put orders-db password=-",
      "  latchkey put shop-tls certificate=@tls.crt private_key=@tls.key",
      "  latchkey put orders-db --from-file -      reads lines field=value"
    })
final class Put extends AgentCommand {
  static final String HOW_TO_GIVE_VALUES =
      "Give values by field=- (standard input), field=@FILE, or --from-file FILE.";

  @Parameters(index = "0", paramLabel = "NAME", description = "The secret's name.")
  private String name = "";

  @Parameters(
      index = "1..*",
      paramLabel = "FIELD=SOURCE",
      description =
          "field=@FILE reads a file, field=- standard input. One line break at the end is dropped.")
  private List<String> assignments = List.of();

  @Option(
      names = "--from-file",
      paramLabel = "FILE",
      description = "Read lines field=value from a file; - is standard input.")
  private @Nullable String fromFile;

  @Option(
      names = "--expect",
      paramLabel = "VERSION",
      description = "Write only when this version is current; 0: only when there is none.")
  private @Nullable Long expect;

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "A repeat with the same id answers as the first did, without writing again.")
  private String requestId = "";

  @Option(names = "--exact", description = "Keep a line break at the end of a value.")
  private boolean exact;

  @Option(
      names = "--insecure-argument",
      description = "Accept field=value. Every user of the machine can see it: for trials only.")
  private boolean insecure;

  @Override
  public ExitCode run() {
    PutSecretResponse answer = operator().putSecret(request());
    if (json()) {
      printJson(answer);
    } else {
      terminal()
          .out()
          .println(
              answer.getChanged()
                  ? name + " is now version " + answer.getState().getVersion()
                  : name + " already had this value, version " + answer.getState().getVersion());
    }
    return ExitCode.OK;
  }

  private PutSecretRequest request() {
    Fields fields = new Fields(new Input(terminal()), exact, insecure).assignments(assignments);
    if (fromFile != null) {
      fields.lines(fromFile);
    }
    PutSecretRequest.Builder request =
        PutSecretRequest.newBuilder()
            .setName(name)
            .putAllFields(fields.collected())
            .setRequestId(requestId);
    if (expect != null) {
      if (expect < 0) {
        throw CommandFailure.usage("--expect takes a version, or 0 for none", "");
      }
      request.setExpectedVersion(expect);
    }
    return request.build();
  }
}
