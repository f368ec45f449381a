package dev.latchkey.agent.config;

import dev.latchkey.agent.machine.Accounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Loads {@code latchkey.yml}: text, environment references, shape, defaults, meaning.
 *
 * <p>All problems of one stage are told at once; a later stage runs only when the earlier ones
 * found none. Blocks.
 */
public final class ConfigLoader {

  private final Map<String, String> environment;
  private final Accounts accounts;
  private final TargetCheck targets;
  private final ShippedSchema schema = new ShippedSchema();

  public ConfigLoader(Map<String, String> environment, Accounts accounts, TargetCheck targets) {
    this.environment = Map.copyOf(environment);
    this.accounts = accounts;
    this.targets = targets;
  }

  /** A loader for this process on this machine. */
  public static ConfigLoader ofProcess(TargetCheck targets) {
    return new ConfigLoader(System.getenv(), new EtcAccounts(), targets);
  }

  /**
   * Loads a file.
   *
   * @param dev whether {@code --dev} was given, which attests the agent's own uid but grants it
   *     nothing: the file's policies stand
   */
  public Loaded load(Path file, boolean dev) {
    try {
      return parse(file.toString(), Files.readString(file), dev);
    } catch (NoSuchFileException absent) {
      return refused(
          file.toString(), 0, "does not exist; write one, name it by --config, or try --dev");
    } catch (IOException unreadable) {
      return refused(
          file.toString(), 0, "cannot be read: " + unreadable.getClass().getSimpleName());
    }
  }

  /** What {@code --dev} without a file stands for. */
  public Loaded dev() {
    return parse("--dev", DevDefaults.text(environment, ownUid()), true);
  }

  /** Reads a text as if it were the file called {@code name}. */
  public Loaded parse(String name, String text, boolean dev) {
    Document document;
    try {
      document = Document.parse(name, text);
    } catch (Document.Malformed malformed) {
      return refused(name, malformed.line(), String.valueOf(malformed.getMessage()));
    }
    List<Problem> problems = new ArrayList<>();
    new References(document, environment, schema, problems).resolve();
    if (problems.isEmpty()) {
      problems.addAll(schema.check(document));
    }
    return problems.isEmpty() ? read(document, dev) : refused(problems);
  }

  private Loaded read(Document document, boolean dev) {
    schema.fill(document.root());
    List<Problem> problems = new ArrayList<>();
    Section root = new Section(document, document.root(), "", problems);
    AgentConfig config = new ConfigReader(root, accounts, targets, environment).read(dev);
    return problems.isEmpty() ? new Loaded.Accepted(config) : refused(problems);
  }

  private static Loaded refused(List<Problem> problems) {
    return new Loaded.Refused(
        problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList());
  }

  private static Loaded refused(String file, int line, String message) {
    return new Loaded.Refused(List.of(Problem.lasting(file, line, "", message)));
  }

  private static int ownUid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException noProc) {
      throw new UncheckedIOException(noProc);
    }
  }
}
