package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.ComponentStatus;
import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.GetStatusResponse;
import dev.latchkey.v1.SecretStatus;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Says what is missing by the agent's own status, which an operator may see. */
final class WaitByStatus {
  private static final String HEALTHY = "healthy";

  private final AgentCommand command;
  private final Patience patience;

  WaitByStatus(AgentCommand command, Patience patience) {
    this.command = command;
    this.patience = patience;
  }

  /** What is missing, with the reasons; empty when nothing is. */
  String missing(Set<String> wanted) {
    GetStatusResponse status =
        command.operatorWithin(patience.left()).getStatus(GetStatusRequest.getDefaultInstance());
    Map<String, String> missing = new TreeMap<>();
    wanted.forEach(name -> look(status, name, missing));
    if (!status.getReady()) {
      unready(status, missing);
    }
    return Patience.line(missing);
  }

  private static void look(GetStatusResponse status, String name, Map<String, String> missing) {
    if (name.startsWith("file:")) {
      file(status, name, missing);
    } else {
      secret(status, name, missing);
    }
  }

  private static void secret(GetStatusResponse status, String name, Map<String, String> missing) {
    SecretStatus secret =
        status.getSecretsList().stream()
            .filter(one -> one.getSummary().getName().equals(name))
            .findFirst()
            .orElseThrow(() -> unknown(name));
    if (!secret.getCondition().equals("fresh")) {
      missing.put(name, reason(secret));
    }
  }

  /** A delivery of files is a component of its name. */
  private static void file(GetStatusResponse status, String name, Map<String, String> missing) {
    ComponentStatus component =
        status.getComponentsList().stream()
            .filter(one -> one.getName().equals(name))
            .findFirst()
            .orElseThrow(() -> unknown(name));
    if (!component.getHealth().equals(HEALTHY)) {
      missing.put(name, component.getReason());
    }
  }

  private static void unready(GetStatusResponse status, Map<String, String> missing) {
    status.getSecretsList().stream()
        .filter(secret -> secret.getSummary().getRequired())
        .filter(secret -> !secret.getCondition().equals("fresh"))
        .forEach(secret -> missing.put(secret.getSummary().getName(), reason(secret)));
    if (missing.isEmpty()) {
      status.getComponentsList().stream()
          .filter(component -> !component.getHealth().equals(HEALTHY))
          .forEach(component -> missing.put(component.getName(), component.getReason()));
    }
    if (missing.isEmpty()) {
      missing.put("the agent", "not ready");
    }
  }

  private static String reason(SecretStatus secret) {
    return secret.getReason().isEmpty() ? secret.getCondition() : secret.getReason();
  }

  private static CommandFailure unknown(String name) {
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "'" + name + "' is not declared in the agent's configuration",
        "A secret under a mount is not waited for by its operator; an application may, with:"
            + " latchkey wait --socket PATH --for NAME");
  }
}
