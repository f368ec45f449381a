package dev.latchkey.agent.wiring;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The words of the command line.
 *
 * @param command the words that name the command
 * @param operands what else stands there without a dash
 * @param config the configuration file, if one was named
 * @param quitAfter the number of the process whose end is to be the agent's
 * @param check whether something is only to be looked at
 * @param json whether what is found is to be told as JSON, on one line
 */
record Arguments(
    List<String> command,
    List<String> operands,
    Optional<Path> config,
    OptionalLong quitAfter,
    boolean dev,
    boolean check,
    boolean json,
    boolean help) {

  private static final Set<String> WITH_SECOND_WORD = Set.of("audit", "state");

  /** Words that cannot be understood. */
  static final class Wrong extends Exception {

    private static final long serialVersionUID = 1L;

    private final String problem;

    Wrong(String problem) {
      super(problem);
      this.problem = problem;
    }

    String problem() {
      return problem;
    }
  }

  static Arguments parse(List<String> words) throws Wrong {
    List<String> plain = new ArrayList<>();
    Optional<Path> config = Optional.empty();
    OptionalLong quitAfter = OptionalLong.empty();
    boolean dev = false;
    boolean check = false;
    boolean json = false;
    boolean help = words.isEmpty();
    for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
      String word = rest.next();
      switch (word) {
        case "--dev" -> dev = true;
        case "--check" -> check = true;
        case "--json" -> json = true;
        case "--offline" -> {} // What this program does besides running the agent is offline.
        case "--help", "-h" -> help = true;
        case "--config" -> config = Optional.of(Path.of(value(rest, "--config needs a file")));
        case "--quit-after" -> quitAfter = OptionalLong.of(pid(rest));
        default -> {
          if (word.startsWith("--config=")) {
            config = Optional.of(Path.of(word.substring("--config=".length())));
          } else if (word.startsWith("-")) {
            throw new Wrong("no such option: " + word);
          } else {
            plain.add(word);
          }
        }
      }
    }
    int named = !plain.isEmpty() && WITH_SECOND_WORD.contains(plain.getFirst()) ? 2 : 1;
    int split = Math.min(named, plain.size());
    return new Arguments(
        List.copyOf(plain.subList(0, split)),
        List.copyOf(plain.subList(split, plain.size())),
        config,
        quitAfter,
        dev,
        check,
        json,
        help);
  }

  /** The same, with an operand taken as the configuration file. */
  Arguments configAsOperand() throws Wrong {
    if (operands.isEmpty()) {
      return this;
    }
    if (operands.size() > 1 || config.isPresent()) {
      throw new Wrong("one configuration file at a time");
    }
    Optional<Path> file = Optional.of(Path.of(operands.getFirst()));
    return new Arguments(command, List.of(), file, quitAfter, dev, check, json, help);
  }

  private static String value(Iterator<String> rest, String need) throws Wrong {
    if (!rest.hasNext()) {
      throw new Wrong(need);
    }
    return rest.next();
  }

  private static long pid(Iterator<String> rest) throws Wrong {
    String need = "--quit-after needs the number of a process";
    String text = value(rest, need);
    if (!text.matches("[1-9][0-9]{0,9}")) {
      throw new Wrong(need);
    }
    return Long.parseLong(text);
  }
}
