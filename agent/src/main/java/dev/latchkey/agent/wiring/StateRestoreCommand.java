package dev.latchkey.agent.wiring;

import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.management.Json;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.store.sqlite.SqliteRestore;
import dev.latchkey.agent.time.TimeSource;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/** Puts a backup in the place of a missing state store. */
final class StateRestoreCommand {

  private StateRestoreCommand() {}

  static int run(Arguments arguments) throws Arguments.Wrong {
    if (arguments.operands().size() != 1) {
      throw new Arguments.Wrong("state restore needs the backup's file");
    }
    Path backup = Path.of(arguments.operands().getFirst());
    return Configuration.with(arguments, config -> restore(config, backup, arguments.json()));
  }

  private static int restore(AgentConfig config, Path backup, boolean json) {
    try (StateDirectory directory = StateDirectory.open(config.agent().stateDir())) {
      Epoch epoch =
          SqliteRestore.restore(
              backup,
              directory,
              Configuration.stateKey(config),
              new SecureRandom(),
              TimeSource.system().now());
      System.out.println(
          json
              ? Json.write(tree(directory, epoch))
              : "Restored into " + directory.path() + " under the epoch " + epoch.id());
    }
    return Main.OK;
  }

  private static Map<String, Object> tree(StateDirectory directory, Epoch epoch) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("path", directory.path().toString());
    tree.put("epoch", epoch.id());
    return tree;
  }
}
