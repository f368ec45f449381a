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
import dev.latchkey.cli.outcome.StatusFailures;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.QuitRequest;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
  private static final Duration QUIT_PATIENCE = Duration.ofSeconds(10);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

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
      description = "When the command has ended, ask the agent to end, on the operator socket.")
  private boolean quitAgent;

  @Parameters(
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The command and its arguments.")
  private List<String> words = List.of();

  private int code;

  @Override
  public void configure(CommandLine parser) {
    parser.setStopAtPositional(true).setCaseInsensitiveEnumValuesAllowed(true);
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
    Set<String> names = names();
    int told = Signals.number(signal);
    Map<String, byte[]> caller = OwnProcess.environment(terminal().environment());
    ChildCommand command = ChildCommand.find(OwnProcess.arguments(words), caller.get("PATH"));
    FreshValues values = new FreshValues(this, names);
    Patience patience = new Patience("exec", terminal().err(), timeoutOr(USUAL));
    Delivery first = delivery(values.await(patience), caller);
    terminal().flush();
    if (onChange == OnChange.NOTHING && !quitAgent) {
      close();
      throw command.become(first.environment());
    }
    Duration usualSplay = onChange == OnChange.RESTART ? USUAL_SPLAY : Duration.ZERO;
    Supervision how = new Supervision(onChange, told, splay == null ? usualSplay : splay, grace);
    code = supervise(command, how, values, first, caller);
    return ExitCode.OK;
  }

  private int supervise(
      ChildCommand command,
      Supervision how,
      FreshValues values,
      Delivery first,
      Map<String, byte[]> caller) {
    SecureRandom random = new SecureRandom();
    Supervisor supervisor =
        new Supervisor(
            command,
            how,
            () -> delivery(values.await(new Patience("exec", terminal().err(), FOR_EVER)), caller),
            random,
            terminal().err());
    try (ChangeFeed feed =
        new ChangeFeed(socketInUse(), names(), supervisor::changed, terminal().err(), random)) {
      if (how.onChange() != OnChange.NOTHING) {
        feed.start();
      }
      supervisor.takeSignals();
      return supervisor.run(first);
    } finally {
      if (quitAgent) {
        quit();
      }
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

  private Delivery delivery(Map<String, Credential> values, Map<String, byte[]> caller) {
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
    return new Delivery(versions, variables.entries());
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

  /** The command's end is what counts: a failure here is told and changes no exit code. */
  private void quit() {
    QuitRequest ended = QuitRequest.newBuilder().setApplicationEnded(true).build();
    try {
      reconnect();
      var _ = operatorWithin(QUIT_PATIENCE).quit(ended);
    } catch (StatusRuntimeException e) {
      warn(StatusFailures.of(e.getStatus(), socketInUse()));
    } catch (CommandFailure e) {
      warn(e);
    }
  }

  private void warn(CommandFailure failure) {
    terminal().err().println("latchkey exec: the agent was not ended: " + failure.what());
  }
}
