package dev.latchkey.agent.access;

import dev.latchkey.agent.caller.Caller;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The policy that a list of rules makes: the first rule that grants decides, and without one the
 * answer is no.
 *
 * <p>Immutable; deciding allocates nothing and takes no lock.
 */
public final class RulePolicy implements Policy {

  private static final Decision DENIED = new Decision.Denied();

  private final AccessRule[] rules;
  private final Decision[] granted;

  public RulePolicy(List<AccessRule> rules) {
    this.rules = rules.toArray(AccessRule[]::new);
    this.granted = new Decision[this.rules.length];
    for (int i = 0; i < granted.length; i++) {
      granted[i] = new Decision.Granted("policy " + (i + 1));
    }
  }

  /** Whether any rule narrows its callers by their executable. */
  public boolean readsExecutable() {
    return Arrays.stream(rules)
        .flatMap(rule -> rule.callers().stream())
        .anyMatch(condition -> condition.executable().isPresent());
  }

  @Override
  public Decision decide(Caller caller, Operation operation, String subject) {
    for (int i = 0; i < rules.length; i++) {
      if (rules[i].grants(caller, operation, subject)) {
        return granted[i];
      }
    }
    return DENIED;
  }

  @Override
  public List<Rule> rulesFor(String subject) {
    List<Rule> speaking = new ArrayList<>();
    for (AccessRule rule : rules) {
      if (rule.mentions(subject)) {
        speaking.add(rule.inWords());
      }
    }
    return speaking;
  }
}
