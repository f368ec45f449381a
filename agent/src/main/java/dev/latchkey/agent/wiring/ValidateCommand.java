package dev.latchkey.agent.wiring;

import dev.latchkey.agent.config.AgentConfig;
import java.util.Optional;

/** Checks the configuration and says what it declares. */
final class ValidateCommand {

  private ValidateCommand() {}

  static int run(Arguments arguments) throws Arguments.Wrong {
    Optional<AgentConfig> accepted = Configuration.orProblems(arguments.configAsOperand());
    if (accepted.isEmpty()) {
      return Main.WRONG_USAGE;
    }
    AgentConfig config = accepted.get();
    System.out.printf(
        "The configuration is right: %d secrets, %d mounts, %d targets, %d keyrings, %d"
            + " policies.%n",
        config.secrets().size(),
        config.mounts().size(),
        config.targets().size(),
        config.keyrings().size(),
        config.policies().size());
    return Main.OK;
  }
}
