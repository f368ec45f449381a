package dev.latchkey.agent.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which known word was probably meant, by edit distance. */
final class Nearest {

  private Nearest() {}

  /** Ends a sentence about an unknown {@code word} with a guess, or with what there is. */
  static String hint(String word, Collection<String> known) {
    return of(word, known)
        .map(nearest -> "did you mean \"" + nearest + "\"?")
        .orElseGet(
            () ->
                known.isEmpty()
                    ? "none is known here"
                    : "known here: " + String.join(", ", known.stream().sorted().toList()));
  }

  static Optional<String> of(String word, Collection<String> known) {
    int bound = Math.max(2, word.length() / 2);
    return known.stream()
        .min(
            Comparator.comparingInt((String each) -> distance(word, each))
                .thenComparing(each -> each))
        .filter(nearest -> distance(word, nearest) <= bound);
  }

  /** The Levenshtein distance, in two rows. */
  static int distance(String a, String b) {
    int[] before = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], before[j]) + 1, before[j - 1] + change);
      }
      before = row;
    }
    return before[b.length()];
  }
}
