package dev.latchkey.agent.config;

import java.util.List;

/** What came of reading a configuration. */
public sealed interface Loaded {

  /** It is right. */
  record Accepted(AgentConfig config) implements Loaded {}

  /** It is not, in each of these places. */
  record Refused(List<Problem> problems) implements Loaded {

    public Refused {
      problems = List.copyOf(problems);
    }

    /** Whether another start may find it right, with nothing changed in it. */
    public boolean mayPass() {
      return problems.stream().allMatch(Problem::mayPass);
    }
  }
}
