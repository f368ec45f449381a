package dev.latchkey.agent.rpc;

import dev.latchkey.agent.access.Decision;
import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.caller.Caller;
import java.util.List;

/** Grants everything but names that begin with {@code forbidden}, or nothing at all. */
record FakePolicy(boolean grants) implements Policy {

  @Override
  public Decision decide(Caller caller, Operation operation, String subject) {
    return grants && !subject.startsWith("forbidden")
        ? new Decision.Granted("rule 1")
        : new Decision.Denied();
  }

  @Override
  public List<Rule> rulesFor(String subject) {
    return List.of(new Rule("uid 1000", "*", List.of("read")));
  }
}
