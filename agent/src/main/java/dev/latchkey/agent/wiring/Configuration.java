package dev.latchkey.agent.wiring;

import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.config.ConfigLoader;
import dev.latchkey.agent.config.Loaded;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.crypto.StateKeyReader;
import dev.latchkey.agent.crypto.StateKeySource;
import dev.latchkey.agent.target.postgresql.PostgresTarget;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Reads the configuration that the command line names, and the state key that it names. */
final class Configuration {

  private static final Path USUAL = Path.of("/etc/latchkey/latchkey.yml");

  private Configuration() {}

  /**
   * Runs a command with the checked configuration; prints the problems of one that is refused to
   * the standard error.
   *
   * @return the exit code
   */
  static int with(Arguments arguments, ToIntFunction<AgentConfig> command) {
    return switch (read(arguments)) {
      case Loaded.Accepted accepted -> command.applyAsInt(accepted.config());
      case Loaded.Refused refused -> {
        print(refused);
        yield code(refused);
      }
    };
  }

  static void print(Loaded.Refused refused) {
    refused.problems().forEach(System.err::println);
  }

  /** What a refused one ends with: as wrong usage only where no other start heals it. */
  static int code(Loaded.Refused refused) {
    return refused.mayPass() ? Main.FAILED : Main.WRONG_USAGE;
  }

  static Loaded read(Arguments arguments) {
    ConfigLoader loader = ConfigLoader.ofProcess(Configuration::checkTarget);
    if (arguments.config().isEmpty() && arguments.dev()) {
      return loader.dev();
    }
    return loader.load(arguments.config().orElse(USUAL), arguments.dev());
  }

  /** Makes the target, which takes its declaration apart and asks nobody, and forgets it. */
  private static void checkTarget(TargetDeclaration declared) {
    var _ = new PostgresTarget(declared, new SecureRandom());
  }

  /**
   * Makes the state key from the store's salt; with {@code --dev} makes a missing key file first.
   */
  static Function<byte[], StateKey> stateKey(AgentConfig config) {
    StateKeySource source = source(config.agent().stateKey());
    if (config.dev()
        && source instanceof StateKeySource.KeyFile file
        && StateKeyReader.create(file.path(), new SecureRandom())) {
      System.err.println(
          "latchkey: --dev made the state key " + file.path() + "; whoever has it reads the store");
    }
    return salt -> new StateKeyReader(System::getenv).read(source, salt);
  }

  private static StateKeySource source(AgentConfig.StateKey configured) {
    return switch (configured) {
      case AgentConfig.StateKey.KeyFile file -> new StateKeySource.KeyFile(file.file());
      case AgentConfig.StateKey.KeyVariable variable ->
          new StateKeySource.EnvironmentVariable(variable.name());
      case AgentConfig.StateKey.SystemdCredential credential ->
          new StateKeySource.SystemdCredential(credential.name());
      case AgentConfig.StateKey.PassphraseFile file ->
          new StateKeySource.PassphraseFile(file.file());
    };
  }
}
