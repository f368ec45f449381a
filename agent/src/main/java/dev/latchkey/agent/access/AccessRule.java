package dev.latchkey.agent.access;

import static java.util.stream.Collectors.joining;

import dev.latchkey.agent.caller.Caller;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One rule of the configuration: these callers may do these operations on these names.
 *
 * @param callers any of them
 * @param secrets names of secrets, for READ, WATCH and LIST
 * @param keyrings names of keyrings, for ENCRYPT and DECRYPT
 */
public record AccessRule(
    List<CallerCondition> callers,
    List<NamePattern> secrets,
    List<NamePattern> keyrings,
    Set<Operation> operations) {

  public AccessRule {
    callers = List.copyOf(callers);
    secrets = List.copyOf(secrets);
    keyrings = List.copyOf(keyrings);
    operations = Set.copyOf(operations);
  }

  boolean grants(Caller caller, Operation operation, String subject) {
    return operations.contains(operation)
        && speaksOf(subjects(operation), subject)
        && meansCaller(caller);
  }

  /** Whether the rule says anything about a secret or keyring of this name. */
  boolean mentions(String subject) {
    return speaksOf(secrets, subject) || speaksOf(keyrings, subject);
  }

  private List<NamePattern> subjects(Operation operation) {
    return switch (operation) {
      case READ, WATCH, LIST -> secrets;
      case ENCRYPT, DECRYPT -> keyrings;
    };
  }

  // Indexed loops: these run for every cached read, and allocate nothing.
  private static boolean speaksOf(List<NamePattern> patterns, String subject) {
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).matches(subject)) {
        return true;
      }
    }
    return false;
  }

  private boolean meansCaller(Caller caller) {
    for (int i = 0; i < callers.size(); i++) {
      if (callers.get(i).matches(caller)) {
        return true;
      }
    }
    return false;
  }

  Policy.Rule inWords() {
    return new Policy.Rule(
        callers.stream().map(CallerCondition::words).collect(joining(", ")),
        Stream.concat(
                secrets.stream().map(NamePattern::toString),
                keyrings.stream().map(pattern -> "keyring " + pattern))
            .collect(joining(", ")),
        operations.stream().sorted().map(Operation::word).toList());
  }
}
