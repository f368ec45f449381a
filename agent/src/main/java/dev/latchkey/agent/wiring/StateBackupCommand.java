package dev.latchkey.agent.wiring;

import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/** Copies the state store, sealed, while no agent uses it. */
final class StateBackupCommand {

  private StateBackupCommand() {}

  static int run(Arguments arguments) throws Arguments.Wrong {
    if (arguments.operands().size() != 1) {
      throw new Arguments.Wrong("state backup needs the file to write");
    }
    Optional<AgentConfig> config = Configuration.orProblems(arguments);
    if (config.isEmpty()) {
      return Main.WRONG_USAGE;
    }
    Path file = Path.of(arguments.operands().getFirst());
    try (StateDirectory directory = StateDirectory.open(config.get().agent().stateDir());
        SqliteStore store =
            SqliteStore.open(directory, Configuration.stateKey(config.get()), new SecureRandom())) {
      System.out.println("Wrote " + file + ", " + store.backup().backup(file) + " bytes");
    }
    return Main.OK;
  }
}
