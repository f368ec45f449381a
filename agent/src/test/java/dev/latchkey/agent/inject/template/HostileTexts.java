package dev.latchkey.agent.inject.template;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Texts that break out of quotes where they can. */
final class HostileTexts {

  private static final String[] PIECES = {
    "'",
    "''",
    "'\\''",
    "\"",
    "\\",
    "\\\\",
    "\\'",
    "`id`",
    "$(id)",
    "${HOME}",
    "$$",
    "$tag$",
    "!!",
    ";",
    "--",
    "/*",
    "*/",
    "E'",
    "U&'",
    "\\047",
    "\\x27",
    "\\u0027",
    "%s",
    "&",
    "|",
    ">",
    "<",
    "#",
    "~",
    "*",
    "?",
    "[",
    "]",
    "{",
    "}",
    "{{",
    "}}",
    "{fn x}",
    "?",
    ":name",
    "-n",
    "=",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "\u0001",
    "\u007f",
    "\u0085",
    "\u00a0",
    "\u2028",
    "\u2019",
    "\uff07",
    "\ufeff",
    "é",
    "密",
    "\ud834\udd1e",
    "x",
    "0"
  };

  private HostileTexts() {}

  /** Valid Unicode without NUL. */
  static Arbitrary<String> all() {
    Arbitrary<String> anything =
        Arbitraries.strings().all().ofMaxLength(20).filter(HostileTexts::isText);
    Arbitrary<String> pieces = Arbitraries.of(PIECES).list().ofMaxSize(12).map(HostileTexts::join);
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(3, pieces), net.jqwik.api.Tuple.of(1, anything));
  }

  private static String join(Iterable<String> pieces) {
    return String.join("", pieces);
  }

  private static boolean isText(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
