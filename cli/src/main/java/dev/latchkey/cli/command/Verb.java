package dev.latchkey.cli.command;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thing that the command line can be told to do.
 *
 * @param words its one or two words
 * @param arguments what follows them, as the help shows it
 * @param summary what it does, in a few words
 * @param command makes the command; null when another program of the product serves the verb
 */
public record Verb(
    List<String> words,
    String arguments,
    String summary,
    @Nullable Supplier<AgentCommand> command) {

  public Verb {
    words = List.copyOf(words);
  }

  /** The words in one text. */
  public String name() {
    return String.join(" ", words);
  }

  /** Whether the arguments begin with this verb. */
  public boolean begins(List<String> given) {
    return given.size() >= words.size() && given.subList(0, words.size()).equals(words);
  }
}
