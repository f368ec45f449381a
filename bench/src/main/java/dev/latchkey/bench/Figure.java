package dev.latchkey.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * One row of the report.
 *
 * @param what was measured
 * @param value as it stands in the table
 * @param samples how many samples it rests on
 * @param bound what it may be at most or at least; empty when nothing is promised
 * @param held whether the bound holds; true without one
 */
record Figure(String what, String value, String samples, Optional<String> bound, boolean held) {

  static Figure of(String what, String value, String samples) {
    return new Figure(what, value, samples, Optional.empty(), true);
  }

  static Figure bounded(String what, double value, double atMost, String samples) {
    return new Figure(
        what,
        Report.number(value),
        samples,
        Optional.of("at most " + Report.number(atMost)),
        value <= atMost);
  }

  /** What may not fall below its bound, in per cent. */
  static Figure atLeast(String what, double percent, double bound, String samples) {
    return new Figure(
        what,
        String.format(Locale.ROOT, "%.2f %%", percent),
        samples,
        Optional.of(String.format(Locale.ROOT, "at least %.0f %%", bound)),
        percent >= bound);
  }
}
