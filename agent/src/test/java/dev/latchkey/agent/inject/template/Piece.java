package dev.latchkey.agent.inject.template;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/**
 * A piece of a random template, with what it must yield.
 *
 * @param expected the text; empty if it must fail
 */
record Piece(String template, Optional<String> expected) {

  /** Whether the value is written out as text. */
  boolean writesValue() {
    return template.contains("\"v\"}}")
        || template.contains("\"v\")}}")
        || template.contains("{{this}}");
  }

  /** The field that each template may use; another one is missing. */
  static final String FIELD = "v";

  /** Literal text, quoted values, branches and loops, and now and then something that fails. */
  static Arbitrary<Piece> over(String value) {
    Arbitrary<Piece> text =
        Arbitraries.of("", " ", "key = ", "\r\n", "é𝄞", " } { ", "\\ ", "x".repeat(3000))
            .map(literal -> new Piece(literal, Optional.of(literal)));
    Arbitrary<Piece> right =
        Arbitraries.of(
            right("{{secret \"a\" \"v\"}}", value),
            right("{{shell (secret \"a\" \"v\")}}", "'" + value.replace("'", "'\\''") + "'"),
            right("{{#if (has \"a\" \"w\")}}{{secret \"a\" \"w\"}}{{else}}no{{/if}}", "no"),
            right("{{#each (fields \"a\")}}{{@key}}={{this}};{{/each}}", "v=" + value + ";"),
            right(
                "{{#unless (eq (secret \"a\" \"v\") \"-\") }}[{{json \"q\"}}]{{/unless}}",
                "[\"q\"]"));
    Arbitrary<Piece> wrong =
        Arbitraries.of(
            wrong("{{secret \"a\" \"w\"}}"),
            wrong("{{secret \"b\" \"v\"}}"),
            wrong("{{#each (fields \"a\")}}{{@key}}{{secret \"a\" \"w\"}}{{/each}}"),
            wrong("{{nope}}"),
            wrong("{{#if (has \"a\" \"v\")}}not ended"),
            wrong("{{> other}}"));
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(10, text),
        net.jqwik.api.Tuple.of(10, right),
        net.jqwik.api.Tuple.of(1, wrong));
  }

  private static Piece right(String template, String expected) {
    return new Piece(template, Optional.of(expected));
  }

  private static Piece wrong(String template) {
    return new Piece(template, Optional.empty());
  }
}
