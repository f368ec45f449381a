package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.outcome.StatusFailures;
import dev.latchkey.v1.BatchGetSecretsRequest;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.SecretResult;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads secrets as they stand at one moment at which all of them are fresh. */
final class FreshValues {
  private final AgentCommand command;
  private final List<String> names;

  FreshValues(AgentCommand command, Set<String> names) {
    this.command = command;
    this.names = List.copyOf(names);
  }

  /**
   * Waits for that moment.
   *
   * @throws CommandFailure UNAVAILABLE when it did not come in time; another when waiting is of no
   *     use, such as what the policy denies
   */
  Map<String, Credential> await(Patience patience) {
    Map<String, Credential> values = new TreeMap<>();
    while (true) {
      String missing = missing(values, patience);
      if (missing.isEmpty()) {
        return values;
      }
      patience.pause(missing);
    }
  }

  private String missing(Map<String, Credential> values, Patience patience) {
    try {
      BatchGetSecretsRequest request =
          BatchGetSecretsRequest.newBuilder().addAllNames(names).build();
      List<SecretResult> results =
          command.applicationWithin(patience.left()).batchGetSecrets(request).getResultsList();
      command.settle();
      return judged(results, values);
    } catch (StatusRuntimeException e) {
      boolean isLate = e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
      return mayPass(
          isLate ? String.join(", ", names) : "the agent",
          StatusFailures.of(e.getStatus(), command.socketInUse()));
    } catch (CommandFailure e) {
      return mayPass("the agent", e);
    }
  }

  private String mayPass(String awaited, CommandFailure failure) {
    if (!failure.mayPass()) {
      throw failure;
    }
    command.reconnect();
    return awaited + " (" + failure.what() + ")";
  }

  private static String judged(List<SecretResult> results, Map<String, Credential> values) {
    Map<String, String> missing = new TreeMap<>();
    for (SecretResult result : results) {
      if (result.hasFailure()) {
        missing.put(result.getName(), reason(result));
      } else if (result.getCredential().getStale()) {
        missing.put(result.getName(), "stale: its backend does not confirm it");
      } else {
        values.put(result.getName(), result.getCredential());
      }
    }
    return Patience.line(missing);
  }

  /** A name that is not there yet may come; one that is denied is denied. */
  private static String reason(SecretResult result) {
    Status.Code code = Status.fromCodeValue(result.getFailure().getCode()).getCode();
    ExitCode exit = StatusFailures.exitCode(code);
    if (exit == ExitCode.DENIED || exit == ExitCode.USAGE) {
      throw new CommandFailure(
          exit, result.getName() + ": " + result.getFailure().getMessage(), "");
    }
    return result.getFailure().getMessage();
  }
}
