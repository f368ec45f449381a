package dev.latchkey.agent.wiring;

import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.management.Json;
import dev.latchkey.agent.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies the state store, sealed, while no agent uses it. */
final class StateBackupCommand {

  private StateBackupCommand() {}

  static int run(Arguments arguments) throws Arguments.Wrong {
    if (arguments.operands().size() != 1) {
      throw new Arguments.Wrong("state backup needs the file to write");
    }
    Path file = Path.of(arguments.operands().getFirst());
    return Configuration.with(arguments, config -> backUp(config, file, arguments.json()));
  }

  private static int backUp(AgentConfig config, Path file, boolean json) {
    try (StateDirectory directory = StateDirectory.open(config.agent().stateDir());
        SqliteStore store =
            SqliteStore.open(directory, Configuration.stateKey(config), new SecureRandom())) {
      long size = store.backup().backup(file);
      System.out.println(
          json ? Json.write(tree(file, size)) : "Wrote " + file + ", " + size + " bytes");
    }
    return Main.OK;
  }

  private static Map<String, Object> tree(Path file, long size) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("path", file.toString());
    tree.put("size", size);
    return tree;
  }
}
