package dev.latchkey.agent.wiring;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the program says of its commands, of each what is true of that one. */
final class Usage {

  /** The options that {@link Arguments} takes the word after for their value. */
  private static final Set<String> WITH_VALUE = Set.of("--config", "--quit-after");

  private static final Map<String, String> COMMANDS = new LinkedHashMap<>();

  private static final String ALL =
      """
      Usage: latchkey COMMAND [OPTIONS] [ARGUMENTS]

        agent            run the agent
        validate         check the configuration
        render --check   check templates
        state backup     copy the state, sealed
        state restore    put a backup in the place of a missing state
        audit verify     recompute the audit chain

      latchkey COMMAND --help tells about one of them.
      """;

  private static final String CONFIG =
      "  --config FILE  the configuration; /etc/latchkey/latchkey.yml without it\n";

  private static final String CHECKED =
      """
        --config FILE  the configuration; /etc/latchkey/latchkey.yml unless --dev stands alone
        --dev          read it as an agent with --dev would
        --json         tell what was found as one line of JSON
      """;

  private static final String STORE =
      """
        --dev          take the paths of an agent that runs with --dev, and make a missing key
                       file
        --json         tell what was done as one line of JSON

      Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
      """;

  static {
    COMMANDS.put(
        "agent",
        """
        Usage: latchkey agent [--config FILE] [--dev] [--quit-after PID]
        Runs the agent until it is told to end.

          --config FILE     the configuration; /etc/latchkey/latchkey.yml unless --dev stands alone
          --dev             let the agent's own user ask, and make a missing key file; without
                            --config, an agent for yourself on embedded defaults
          --quit-after PID  end, with code 0, when this process has ended

        Exit codes: 0 ended in order, 1 failed, 2 wrong usage or configuration, 8 ended in order, but a
        file could not be left as its on_exit says.
        """);
    COMMANDS.put(
        "validate",
        """
        Usage: latchkey validate [FILE] [--dev] [--json]
        Checks the configuration, says what it declares and ends. Needs no agent.

        """
            + CHECKED
            + """

            Exit codes: 0 it is right, 1 it could not be checked now, 2 it is wrong.
            """);
    COMMANDS.put(
        "render",
        """
        Usage: latchkey render --check [--config FILE] [--dev] [--json] [TEMPLATE…]
        Compiles templates, those that files: names too, and says what is wrong with them. Needs no
        agent and reads no secret.

          --check        only look; nothing else is done by this command
        """
            + CHECKED
            + """

            Exit codes: 0 all are right, 1 they could not be checked now, 2 something is wrong.
            """);
    COMMANDS.put(
        "state backup",
        """
        Usage: latchkey state backup FILE [--config FILE] [--dev] [--json] [--offline]
        Copies the state of an agent that does not run, sealed, to a new file. The state key is not
        part of it. An agent that runs makes the copy itself: give neither --config nor --dev nor
        --offline then.

        """
            + CONFIG
            + "  --offline      open the store, also where an agent could be asked\n"
            + STORE);
    COMMANDS.put(
        "state restore",
        """
        Usage: latchkey state restore BACKUP [--config FILE] [--dev] [--json]
        Puts a backup in the place of a missing state, under a new epoch. No agent may run on that
        state.

        """
            + CONFIG
            + STORE);
    COMMANDS.put(
        "audit verify",
        """
        Usage: latchkey audit verify [--config FILE] [--dev] [--json] [--offline]
        Recomputes the audit chain of an agent that does not run; code 1 where it breaks. An agent
        that runs does so itself: give neither --config nor --dev nor --offline then.

        """
            + CONFIG
            + "  --offline      open the store, also where an agent could be asked\n"
            + STORE);
  }

  private Usage() {}

  /** The usage of the command that the words name; that of the program when they name none. */
  static String of(List<String> words) {
    List<String> plain = plain(words);
    return Optional.ofNullable(COMMANDS.get(first(plain, 1)))
        .or(() -> Optional.ofNullable(COMMANDS.get(first(plain, 2))))
        .orElse(ALL);
  }

  /** The words that are neither an option nor its value. */
  private static List<String> plain(List<String> words) {
    List<String> plain = new ArrayList<>();
    for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
      String word = rest.next();
      if (WITH_VALUE.contains(word) && rest.hasNext()) {
        rest.next();
      } else if (!word.startsWith("-")) {
        plain.add(word);
      }
    }
    return plain;
  }

  private static String first(List<String> words, int count) {
    return String.join(" ", words.subList(0, Math.min(count, words.size())));
  }
}
