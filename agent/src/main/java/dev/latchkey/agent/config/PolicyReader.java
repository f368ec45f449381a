package dev.latchkey.agent.config;

import dev.latchkey.agent.access.AccessRule;
import dev.latchkey.agent.access.CallerCondition;
import dev.latchkey.agent.access.NamePattern;
import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.machine.Accounts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/** Reads who may do what. */
final class PolicyReader {

  private static final Set<Operation> OF_SECRETS =
      EnumSet.of(Operation.READ, Operation.WATCH, Operation.LIST);

  private final Section root;
  private final Accounts accounts;
  private final Set<String> keyrings;

  PolicyReader(Section root, Accounts accounts, Set<String> keyrings) {
    this.root = root;
    this.accounts = accounts;
    this.keyrings = keyrings;
  }

  List<AccessRule> rules() {
    return root.items("policies").stream().map(this::rule).toList();
  }

  private AccessRule rule(Section section) {
    List<CallerCondition> callers = new ArrayList<>();
    section.items("callers").forEach(item -> caller(item).ifPresent(callers::add));
    EnumSet<Operation> operations = EnumSet.noneOf(Operation.class);
    section
        .texts("operations")
        .forEach(word -> operations.add(Operation.valueOf(word.toUpperCase(Locale.ROOT))));
    List<NamePattern> secrets = patterns(section, "secrets");
    List<NamePattern> rings = patterns(section, "keyrings");
    checkKeyrings(section, rings);
    checkSubjects(section, operations, secrets, rings);
    return new AccessRule(callers, secrets, rings, operations);
  }

  private static void checkSubjects(
      Section section,
      Set<Operation> operations,
      List<NamePattern> secrets,
      List<NamePattern> rings) {
    for (Operation operation : operations) {
      boolean ofSecrets = OF_SECRETS.contains(operation);
      if ((ofSecrets ? secrets : rings).isEmpty()) {
        section.problem(
            "operations",
            "allows "
                + operation.word()
                + ", but the rule names no "
                + (ofSecrets ? "secrets" : "keyrings"));
      }
    }
  }

  private void checkKeyrings(Section section, List<NamePattern> patterns) {
    for (NamePattern pattern : patterns) {
      if (keyrings.stream().noneMatch(pattern::matches)) {
        section.problem(
            "keyrings",
            "no keyring is called \""
                + pattern
                + "\"; "
                + Nearest.hint(pattern.toString(), keyrings));
      }
    }
  }

  private static List<NamePattern> patterns(Section section, String key) {
    List<NamePattern> patterns = new ArrayList<>();
    for (String text : section.texts(key)) {
      try {
        patterns.add(NamePattern.of(text));
      } catch (IllegalArgumentException wrong) {
        section.problem(key, "\"" + text + "\": " + wrong.getMessage());
      }
    }
    return patterns;
  }

  private Optional<CallerCondition> caller(Section section) {
    int before = section.problems().size();
    OptionalInt uid = identity(section, "uid", "user", accounts::uid);
    OptionalInt gid = identity(section, "gid", "group", accounts::gid);
    if (section.problems().size() > before) {
      return Optional.empty();
    }
    if (uid.isEmpty() && gid.isEmpty()) {
      section.problem("", "an executable only narrows; name a uid, gid, user or group besides");
      return Optional.empty();
    }
    return Optional.of(
        new CallerCondition(uid, gid, section.optionalText("executable").map(Path::of)));
  }

  private static OptionalInt identity(
      Section section, String number, String name, Function<String, OptionalInt> lookup) {
    if (section.has(number) && section.has(name)) {
      section.problem(name, "is given beside " + number + "; give one of them");
    }
    if (section.has(number)) {
      return OptionalInt.of(section.identity(number));
    }
    if (!section.has(name)) {
      return OptionalInt.empty();
    }
    return AccountNames.number(section, name, name, lookup);
  }
}
