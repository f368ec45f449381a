package dev.latchkey.cli.command;

import com.google.protobuf.ByteString;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.outcome.StatusFailures;
import dev.latchkey.cli.output.MessageJson;
import dev.latchkey.v1.BatchGetSecretsRequest;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.Failure;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.SecretResult;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads one secret, or several as they stood at one moment. */
@Command(description = "Reads a secret, or several as they stood at one moment.")
final class Get extends AgentCommand {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "The secrets' names.")
  private List<String> names = List.of();

  @Option(names = "--field", paramLabel = "FIELD", description = "Only this field's value.")
  private String field = "";

  @Option(
      names = "--version",
      paramLabel = "TEXT",
      description = "The version that the backend calls by this text, not the current one.")
  private String version = "";

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      description = "Wait for so long until the secret is first available.")
  private @Nullable Duration patience;

  @Option(
      names = "--raw",
      description = "The bytes of one field, and nothing else: no line break is added.")
  private boolean raw;

  @Override
  public ExitCode run() {
    return names.size() == 1 ? one(names.getFirst()) : several();
  }

  private ExitCode one(String name) {
    Duration wait = patience == null ? Duration.ZERO : patience;
    GetSecretRequest.Builder request =
        GetSecretRequest.newBuilder().setName(name).setField(field).setBackendVersion(version);
    if (!wait.isZero()) {
      request.setWait(Messages.duration(wait));
    }
    Credential credential = application(wait).getSecret(request.build()).getCredential();
    if (json()) {
      printJson(credential);
    } else if (raw || !field.isEmpty()) {
      value(credential);
    } else {
      Credentials.fields(credential).print(terminal().out());
    }
    warn(credential);
    return ExitCode.OK;
  }

  private void value(Credential credential) {
    Map<String, ByteString> fields = credential.getFieldsMap();
    ByteString value = field.isEmpty() && fields.size() == 1 ? single(fields) : fields.get(field);
    if (value == null) {
      throw CommandFailure.usage(
          "--raw writes one field and this secret has " + fields.size(),
          "Name it with --field: " + String.join(", ", fields.keySet()));
    }
    if (raw) {
      byte[] bytes = value.toByteArray();
      terminal().out().write(bytes, 0, bytes.length);
    } else {
      terminal().out().println(Credentials.text(value));
    }
  }

  private static ByteString single(Map<String, ByteString> fields) {
    return fields.values().iterator().next();
  }

  private ExitCode several() {
    if (raw || !field.isEmpty() || !version.isEmpty() || patience != null) {
      throw CommandFailure.usage(
          "--field, --version, --wait and --raw go with one name only",
          "Call once for each name, or leave the option out.");
    }
    List<SecretResult> results =
        application(Duration.ZERO)
            .batchGetSecrets(BatchGetSecretsRequest.newBuilder().addAllNames(names).build())
            .getResultsList();
    if (json()) {
      printJson(Map.of("secrets", results.stream().map(MessageJson::of).toList()));
    } else {
      results.forEach(this::print);
    }
    return results.stream()
        .filter(SecretResult::hasFailure)
        .map(result -> exitCode(result.getFailure()))
        .findFirst()
        .orElse(ExitCode.OK);
  }

  private void print(SecretResult result) {
    if (result.hasFailure()) {
      terminal().err().println(result.getName() + ": " + result.getFailure().getMessage());
      return;
    }
    terminal().out().println(result.getName());
    Credentials.indented(result.getCredential()).print(terminal().out());
    warn(result.getCredential());
  }

  private void warn(Credential credential) {
    String warning = Credentials.warning(credential);
    if (!warning.isEmpty()) {
      terminal().err().println("latchkey get: " + warning);
    }
  }

  private static ExitCode exitCode(Failure failure) {
    return StatusFailures.exitCode(Status.fromCodeValue(failure.getCode()).getCode());
  }
}
