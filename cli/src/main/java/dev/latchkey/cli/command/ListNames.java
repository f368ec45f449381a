package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.MessageJson;
import dev.latchkey.cli.output.Table;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.ListSecretsRequest;
import dev.latchkey.v1.ListSecretsResponse;
import dev.latchkey.v1.SecretSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists what the caller may read, without values. */
@Command(description = "Lists the secrets that you may read, without their values.")
final class ListNames extends AgentCommand {
  @Option(names = "--prefix", paramLabel = "TEXT", description = "Only names that begin so.")
  private String prefix = "";

  @Override
  public ExitCode run() {
    List<SecretSummary> secrets = all();
    if (json()) {
      printJson(Map.of("secrets", secrets.stream().map(MessageJson::of).toList()));
    } else {
      table(secrets).print(terminal().out());
    }
    return ExitCode.OK;
  }

  private List<SecretSummary> all() {
    LatchkeyGrpc.LatchkeyBlockingStub stub = application(Duration.ZERO);
    List<SecretSummary> secrets = new ArrayList<>();
    String token = "";
    do {
      ListSecretsResponse page =
          stub.listSecrets(
              ListSecretsRequest.newBuilder()
                  .setPrefix(prefix)
                  .setPageSize(1000)
                  .setPageToken(token)
                  .build());
      secrets.addAll(page.getSecretsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return secrets;
  }

  private static Table table(List<SecretSummary> secrets) {
    Table table = new Table("NAME", "KIND", "BACKEND", "VERSION", "STALE", "FIELDS");
    for (SecretSummary secret : secrets) {
      table.row(
          secret.getName(),
          secret.getKind(),
          secret.getBackend(),
          secret.hasState() ? secret.getState().getVersion() : "-",
          secret.getStale() ? "stale" : "no",
          String.join(", ", secret.getFieldNamesList()));
    }
    return table;
  }
}
