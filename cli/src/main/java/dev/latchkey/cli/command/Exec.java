package dev.latchkey.cli.command;

import dev.latchkey.cli.child.ChildCommand;
import dev.latchkey.cli.child.Delivery;
import dev.latchkey.cli.child.OwnProcess;
import dev.latchkey.cli.child.Signals;
import dev.latchkey.cli.child.Supervision;
import dev.latchkey.cli.child.Supervision.OnChange;
import dev.latchkey.cli.child.Supervisor;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.v1.Credential;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Runs a command with secrets in its environment. */
@Command(
    description = {
      "Runs a command with secrets in its environment, and nothing of the caller's but what is"
          + " named. Waits until all secrets are fresh (60 s, or --timeout).",
      "Ends with the command's own code, 128+n for signal n; 124 when the secrets were not fresh in"
          + " time, 125 when exec itself failed, 126 when the command cannot be executed, 127 when"
          + " there is none."
    })
final class Exec extends AgentCommand {
  private static final Duration USUAL = Duration.ofSeconds(60);
  private static final Duration USUAL_SPLAY = Duration.ofSeconds(5);

  /** A secret whose fields all become variables. */
  static final class Asked {
    @Option(
        names = "--secret",
        required = true,
        paramLabel = "NAME",
        description = "A secret, whose fields become variables. May be repeated.")
    private String name = "";

    @Option(
        names = "--env-prefix",
        paramLabel = "PREFIX",
        description =
            "What the variables of the secret before it begin with; the rest is the field's name"
                + " in capitals. Default: the secret's name in capitals and _.")
    private @Nullable String prefix;
  }

  @ArgGroup(exclusive = false, multiplicity = "0..*")
  private List<Asked> asked = new ArrayList<>();

  @Option(
      names = "--env",
      paramLabel = "VARIABLE=NAME#FIELD",
      description = "One field under a name of its own. May be repeated.")
  private Map<String, String> single = Map.of();

  @Option(
      names = "--pass",
      split = ",",
      paramLabel = "NAME",
      description = "Variables of the caller to pass on; * stands for any characters.")
  private List<String> pass = List.of();

  @Option(
      names = "--pass-usual",
      description =
          "Pass on PATH, HOME, USER, LOGNAME, SHELL, TERM, LANG, LANGUAGE, LC_*, TZ and TMPDIR.")
  private boolean passUsual;

  @Option(
      names = "--on-change",
      paramLabel = "WHAT",
      description =
          "When a secret changes: nothing (default; the command takes the place of this process),"
              + " signal, or restart.")
  private OnChange onChange = OnChange.NOTHING;

  @Option(
      names = "--signal",
      paramLabel = "NAME",
      description = "What --on-change signal sends. Default: HUP.")
  private String signal = "HUP";

  @Option(
      names = "--splay",
      paramLabel = "TIME",
      description =
          "Act on a change after a random part of this. Default: 5s for restart, 0s for signal.")
  private @Nullable Duration splay;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description = "How long a restart waits after TERM before it kills. Default: 10s.")
  private Duration grace = Duration.ofSeconds(10);

  @Option(
      names = "--quit-agent",
      description =
          "When the command has ended, or could not be begun, ask the agent to end, on the"
              + " operator socket.")
  private boolean quitAgent;

  @Parameters(
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The command and its arguments.")
  private List<String> words = List.of();

  private int code;

  @Override
  public void configure(CommandLine parser) {
    parser.setStopAtPositional(true).registerConverter(OnChange.class, Exec::onChange);
  }

  /** Takes the words in any case; the parser's own refusal would name the constants. */
  private static OnChange onChange(String word) {
    return Stream.of(OnChange.values())
        .filter(one -> one.toString().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected one of " + List.of(OnChange.values()) + " but was '" + word + "'"));
  }

  @Override
  public int number(ExitCode how) {
    return switch (how) {
      case OK -> code;
      case UNAVAILABLE -> ExitCode.EXEC_TIMED_OUT.number();
      case EXEC_TIMED_OUT, EXEC_FAILED, NOT_EXECUTABLE, NO_COMMAND -> how.number();
      case FAILED, USAGE, DENIED, NOT_FOUND, CONFLICT, NOT_NOW -> ExitCode.EXEC_FAILED.number();
    };
  }

  @Override
  public ExitCode run() {
    if (!quitAgent) {
      return runs(Optional.empty());
    }
    try (AgentEnd end = new AgentEnd(this)) {
      return runs(Optional.of(end));
    }
  }

  private ExitCode runs(Optional<AgentEnd> end) {
    Set<String> names = names();
    int told = Signals.number(signal);
    Map<String, byte[]> caller = OwnProcess.environment(terminal().environment());
    ChildCommand command = ChildCommand.find(OwnProcess.arguments(words), caller.get("PATH"));
    Patience patience = new Patience("exec", terminal().err(), timeoutOr(USUAL));
    FreshValues values = new FreshValues(this, names);
    Function<Patience, Delivery> read = limit -> delivery(values.await(limit), caller, command);
    Delivery first = read.apply(patience);
    terminal().flush();
    if (onChange == OnChange.NOTHING && end.isEmpty()) {
      close();
      throw command.become(first.environment());
    }
    end.ifPresent(AgentEnd::prove);
    Duration usualSplay = onChange == OnChange.RESTART ? USUAL_SPLAY : Duration.ZERO;
    Supervision how = new Supervision(onChange, told, splay == null ? usualSplay : splay, grace);
    code = supervise(command, how, first, read, patience);
    return ExitCode.OK;
  }

  /** Begins with the newest: what changes while the watch begins is read again. */
  private int supervise(
      ChildCommand command,
      Supervision how,
      Delivery first,
      Function<Patience, Delivery> read,
      Patience patience) {
    SecureRandom random = new SecureRandom();
    PrintStream err = terminal().err();
    Supervisor supervisor =
        new Supervisor(
            command,
            how,
            () -> read.apply(new Patience("exec", err, Durations.LONGEST)),
            random,
            err,
            ChildCommand.canBind());
    try (ChangeFeed feed =
        new ChangeFeed(this::openApplication, names(), supervisor::changed, err, random)) {
      if (how.onChange() != OnChange.NOTHING) {
        feed.start(patience.left());
      }
      Delivery newest = supervisor.isOutdated(first) ? newer(first, read, patience) : first;
      supervisor.takeSignals();
      return supervisor.run(newest);
    }
  }

  /** An agent that went away meanwhile keeps nothing from beginning with what was fresh. */
  private static Delivery newer(
      Delivery first, Function<Patience, Delivery> read, Patience patience) {
    try {
      return read.apply(patience);
    } catch (CommandFailure e) {
      if (e.mayPass()) {
        return first;
      }
      throw e;
    }
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>();
    asked.forEach(one -> names.add(one.name));
    single.forEach((variable, field) -> names.add(secretOf(field)));
    if (names.isEmpty()) {
      throw CommandFailure.usage(
          "no secret was asked for", "Name one with --secret NAME or --env VARIABLE=NAME#FIELD.");
    }
    return names;
  }

  private static String secretOf(String field) {
    int mark = field.indexOf('#');
    if (mark < 1 || mark == field.length() - 1) {
      throw CommandFailure.usage("'" + field + "' is not of the form NAME#FIELD", "");
    }
    return field.substring(0, mark);
  }

  private Delivery delivery(
      Map<String, Credential> values, Map<String, byte[]> caller, ChildCommand command) {
    Variables variables = new Variables();
    passed().of(caller).forEach(variables::pass);
    for (Asked one : asked) {
      String prefix = one.prefix == null ? Variables.prefix(one.name) : one.prefix;
      variables.fields(of(values, one.name), prefix);
    }
    single.forEach(
        (variable, field) -> {
          String name = secretOf(field);
          variables.field(variable, of(values, name), field.substring(name.length() + 1));
        });
    Map<String, String> versions = new TreeMap<>();
    values.forEach((name, credential) -> versions.put(name, ChangeFeed.version(credential)));
    return new Delivery(versions, variables.entries(command.roomForEnvironment()));
  }

  private static Credential of(Map<String, Credential> values, String name) {
    return values.getOrDefault(name, Credential.getDefaultInstance());
  }

  private Passed passed() {
    List<String> names = new ArrayList<>(pass);
    if (passUsual) {
      names.addAll(Passed.USUAL);
    }
    return new Passed(names);
  }
}
