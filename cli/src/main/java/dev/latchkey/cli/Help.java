package dev.latchkey.cli;

import dev.latchkey.cli.command.Verb;
import dev.latchkey.cli.command.Verbs;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Table;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** Shows what can be said, and guesses what was meant. */
final class Help {
  private Help() {}

  /** The help of the whole command line. */
  static void print(PrintStream out) {
    out.println("Usage: latchkey VERB [OPTIONS] [ARGUMENTS]");
    out.println();
    out.println("Keeps credentials fresh next to an application and hands them over a socket.");
    out.println();
    verbs(Verbs.all(), out);
    out.println();
    out.println(
        "latchkey VERB --help tells about one verb. Those that talk to a running agent take");
    out.println("--json, --timeout TIME, --socket PATH and --operator-socket PATH.");
    out.println("latchkey --version tells the version.");
    out.println();
    out.println("Exit codes:");
    Table codes = new Table();
    for (ExitCode code : ExitCode.values()) {
      codes.row("  " + code.number(), code.meaning());
    }
    codes.print(out);
  }

  /** The given verbs, one a line. */
  static void verbs(List<Verb> verbs, PrintStream out) {
    Table table = new Table();
    for (Verb verb : verbs) {
      table.row("  " + (verb.name() + " " + verb.arguments()).stripTrailing(), verb.summary());
    }
    table.print(out);
  }

  /** The verb that was meant, where at most one character, or a third of them, is another. */
  static Optional<String> nearest(String said) {
    Optional<String> nearest = Optional.empty();
    int least = Math.max(1, said.length() / 3) + 1;
    for (Verb verb : Verbs.all()) {
      int distance = distance(said, verb.words().getFirst());
      if (distance < least) {
        least = distance;
        nearest = Optional.of(verb.words().getFirst());
      }
    }
    return nearest;
  }

  private static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int best = Math.min(diagonal + change, Math.min(row[j], row[j - 1]) + 1);
        diagonal = row[j];
        row[j] = best;
      }
    }
    return row[right.length()];
  }
}
