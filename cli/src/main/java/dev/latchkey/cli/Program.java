package dev.latchkey.cli;

import dev.latchkey.cli.command.AgentCommand;
import dev.latchkey.cli.command.Durations;
import dev.latchkey.cli.command.Verb;
import dev.latchkey.cli.command.Verbs;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.outcome.StatusFailures;
import dev.latchkey.cli.output.Characters;
import dev.latchkey.cli.output.Terminal;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/**
 * One run of the command line: finds the verb, parses what follows for that verb alone, does it,
 * and turns whatever went wrong into a sentence and an exit code. Nothing is printed of an
 * unexpected exception but its kind.
 */
public final class Program {
  private final Terminal terminal;

  /** A program that reads and writes there. */
  public Program(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Does what the arguments say and returns the process's exit code; the streams are flushed. */
  public int run(List<String> arguments) {
    try {
      return dispatch(arguments);
    } finally {
      terminal.flush();
    }
  }

  private int dispatch(List<String> arguments) {
    String first = arguments.isEmpty() ? "--help" : arguments.getFirst();
    if (first.equals("--help") || first.equals("-h") || first.equals("help")) {
      Help.print(terminal.out());
      return ExitCode.OK.number();
    }
    if (first.equals("--version") || first.equals("-V") || first.equals("version")) {
      return version(first, arguments.subList(1, arguments.size()));
    }
    Optional<Verb> found = Verbs.find(arguments);
    if (found.isEmpty()) {
      return unknown(first, arguments);
    }
    Verb verb = found.get();
    if (verb.command() == null) {
      return elsewhere(verb);
    }
    AgentCommand command = verb.command().get();
    command.attach(terminal);
    return execute(verb, command, arguments.subList(verb.words().size(), arguments.size()));
  }

  private int version(String first, List<String> rest) {
    if (rest.contains("--help") || rest.contains("-h")) {
      terminal.out().println("Usage: latchkey version");
      terminal.out().println("Tells the version of this program; asks no agent.");
      return ExitCode.OK.number();
    }
    if (!rest.isEmpty()) {
      terminal
          .err()
          .println("latchkey " + first + ": '" + Characters.printable(rest.getFirst()) + "'?");
      terminal.err().println("It takes no options and no arguments.");
      return ExitCode.USAGE.number();
    }
    for (String line : new Version().getVersion()) {
      terminal.out().println(line);
    }
    return ExitCode.OK.number();
  }

  private int execute(Verb verb, AgentCommand command, List<String> arguments) {
    CommandLine parser = parser(verb, command);
    try (command) {
      parser.parseArgs(arguments.toArray(String[]::new));
      if (parser.isUsageHelpRequested()) {
        parser.usage(terminal.out(), Ansi.OFF);
        return ExitCode.OK.number();
      }
      return command.number(command.run());
    } catch (ParameterException e) {
      return failed(verb, command, misused(verb, e));
    } catch (CommandFailure e) {
      return failed(verb, command, e);
    } catch (StatusRuntimeException e) {
      return failed(verb, command, StatusFailures.of(e.getStatus(), command.socketInUse()));
    } catch (RuntimeException e) {
      return failed(verb, command, unexpected(e));
    }
  }

  private static CommandLine parser(Verb verb, AgentCommand command) {
    CommandLine parser =
        new CommandLine(command)
            .setCommandName("latchkey " + verb.name())
            .registerConverter(Duration.class, new Durations())
            .setUsageHelpAutoWidth(false)
            .setExpandAtFiles(false);
    command.configure(parser);
    return parser;
  }

  private int failed(Verb verb, AgentCommand command, CommandFailure failure) {
    terminal.out().flush();
    terminal.err().println("latchkey " + verb.name() + ": " + Characters.printable(failure.what()));
    if (!failure.advice().isEmpty()) {
      terminal.err().println(failure.advice());
    }
    return command.number(failure.exitCode());
  }

  private static CommandFailure misused(Verb verb, ParameterException wrong) {
    return CommandFailure.usage(
        String.valueOf(wrong.getMessage()), "See: latchkey " + verb.name() + " --help");
  }

  private static CommandFailure unexpected(RuntimeException e) {
    return new CommandFailure(
        ExitCode.FAILED,
        "unexpected " + e.getClass().getSimpleName(),
        "This is a defect of the command line; please report what you called, without values.");
  }

  private int unknown(String first, List<String> arguments) {
    List<Verb> group = Verbs.group(first);
    if (!group.isEmpty()) {
      boolean asked = arguments.contains("--help") || arguments.contains("-h");
      (asked ? terminal.out() : terminal.err()).println("Usage: latchkey " + first + " …");
      Help.verbs(group, asked ? terminal.out() : terminal.err());
      return (asked ? ExitCode.OK : ExitCode.USAGE).number();
    }
    terminal.err().println("latchkey: there is no verb '" + Characters.printable(first) + "'");
    String meant = Help.nearest(first).map(near -> "Did you mean '" + near + "'? ").orElse("");
    terminal.err().println(meant + "All verbs: latchkey --help");
    return ExitCode.USAGE.number();
  }

  private int elsewhere(Verb verb) {
    terminal
        .err()
        .println("latchkey " + verb.name() + ": served by another program of the product");
    terminal.err().println("Call it through bin/latchkey, which starts the right one.");
    return ExitCode.USAGE.number();
  }
}
