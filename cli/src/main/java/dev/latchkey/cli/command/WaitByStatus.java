package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.ComponentStatus;
import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.GetStatusResponse;
import dev.latchkey.v1.SecretStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Says what is missing by the agent's own status, which an operator may see. */
final class WaitByStatus {
  private static final String FILE = "file:";
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
    if (name.startsWith(FILE)) {
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
            .orElseThrow(() -> undeclared(status, name));
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
            .orElseThrow(() -> noDelivery(status, name));
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

  private static CommandFailure undeclared(GetStatusResponse status, String name) {
    List<String> declared =
        status.getSecretsList().stream().map(one -> one.getSummary().getName()).toList();
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "'" + name + "' is not declared in the agent's configuration",
        named("Declared under secrets:", declared)
            + " One that a mount alone serves is waited for on the application socket, by a user"
            + " whom a policy lets watch it (--socket PATH), or declare it under secrets: too.");
  }

  private static CommandFailure noDelivery(GetStatusResponse status, String name) {
    List<String> deliveries =
        status.getComponentsList().stream()
            .map(ComponentStatus::getName)
            .filter(one -> one.startsWith(FILE))
            .toList();
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "'" + name + "': the agent's configuration has no such entry under files:",
        named("It has:", deliveries));
  }

  private static String named(String label, List<String> names) {
    return names.isEmpty() ? label + " nothing." : label + " " + String.join(", ", names) + ".";
  }
}
