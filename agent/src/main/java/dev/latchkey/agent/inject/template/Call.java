package dev.latchkey.agent.inject.template;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.Options;
import com.github.jknack.handlebars.TagType;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One tag being worked on: its place, its words, and what it may see. */
final class Call {

  /** Under which the engine's data holds the scope; no tag can name it, since it holds a blank. */
  static final String SCOPE = "latchkey scope";

  private final Options options;
  private final List<@Nullable Object> words;

  private Call(Options options, List<@Nullable Object> words) {
    this.options = options;
    this.words = words;
  }

  /** Takes apart what the engine hands over; {@code first} is the first word if there is any. */
  static Call of(@Nullable Object first, Options options) {
    List<@Nullable Object> words = new ArrayList<>();
    Integer count = options.data(Context.PARAM_SIZE);
    if (count != null && count > 0) {
      words.add(first);
      words.addAll(Arrays.asList(options.params));
    }
    return new Call(options, words);
  }

  /** The line, from 1; not of a block. */
  int line() {
    return options.fn.position()[0];
  }

  /** The character in the line, from 1; not of a block. */
  int column() {
    return options.fn.position()[1] + 1;
  }

  Options options() {
    return options;
  }

  Scope scope() {
    Scope scope = options.data(SCOPE);
    return scope;
  }

  /** A problem here; where a block begins, only the engine knows. */
  Misuse misuse(String problem) {
    return options.tagType == TagType.SECTION
        ? new Misuse(problem)
        : new Misuse(line(), column(), problem);
  }

  /** Refuses another use than as a value, or another number of words. */
  void isInline(String form, int count) {
    if (options.tagType == TagType.SECTION) {
      throw misuse(options.helperName + " is no block; write " + form);
    }
    hasWords(form, count);
  }

  /** Refuses another use than as a block, or another number of words. */
  void isBlock(String form, int count) {
    if (options.tagType != TagType.SECTION) {
      throw misuse(options.helperName + " is a block; write " + form);
    }
    hasWords(form, count);
  }

  private void hasWords(String form, int count) {
    if (words.size() != count || !options.hash.isEmpty() || !options.blockParams.isEmpty()) {
      throw misuse(options.helperName + " takes other words; write " + form);
    }
  }

  /** A word that must be a quoted text. */
  String literal(int word, String what) {
    if (words.get(word) instanceof String text) {
      return text;
    }
    throw misuse(what + " must be written out, in quotes");
  }

  /** The name of a secret, as the first word. */
  SecretName secret() {
    String text = literal(0, "the name of the secret");
    try {
      return new SecretName(text);
    } catch (SecretException wrong) {
      throw misuse("the " + wrong.safeMessage());
    }
  }

  /** A word that is a value or a quoted text. */
  Value value(int word) {
    return switch (words.get(word)) {
      case Value value -> value;
      case String literal -> Value.ofText(literal, "the text in quotes");
      case null, default ->
          throw misuse(
              "word "
                  + (word + 1)
                  + " of "
                  + options.helperName
                  + " must be a value, such as"
                  + " (secret \"orders-db\" \"password\"), or a text in quotes");
    };
  }

  /** A word that is a whole number within bounds. */
  int number(int word, int least, int most) {
    if (words.get(word) instanceof Integer number && number >= least && number <= most) {
      return number;
    }
    throw misuse(
        "word "
            + (word + 1)
            + " of "
            + options.helperName
            + " must be a number from "
            + least
            + " to "
            + most);
  }

  /** A word that is true or false. */
  boolean condition(int word) {
    if (words.get(word) instanceof Boolean condition) {
      return condition;
    }
    throw misuse(
        "a condition must be (has …), (eq …), @first or @last; what is not empty is written (eq …"
            + " \"\")");
  }

  /** A word to go through. */
  Items items(int word) {
    if (words.get(word) instanceof Items items) {
      return items;
    }
    throw misuse("each goes through (fields …) or (lines …) only");
  }
}
