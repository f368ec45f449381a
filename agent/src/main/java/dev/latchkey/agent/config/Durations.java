package dev.latchkey.agent.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lengths of time as people write them: {@code 10s}, {@code 5m}, {@code 1h30m}, {@code 7d}, or
 * ISO-8601.
 */
final class Durations {

  private static final Pattern PART = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  private Durations() {}

  static Optional<Duration> parse(String text) {
    try {
      return text.startsWith("P") ? Optional.of(Duration.parse(text)) : parts(text);
    } catch (DateTimeParseException | ArithmeticException notADuration) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> parts(String text) {
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!part.find(at) || part.start() != at) {
        return Optional.empty();
      }
      sum = sum.plus(unit(part.group(2)).multipliedBy(Long.parseLong(part.group(1))));
      at = part.end();
    }
    return text.isEmpty() ? Optional.empty() : Optional.of(sum);
  }

  private static Duration unit(String word) {
    return switch (word) {
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      default -> Duration.ofDays(1);
    };
  }
}
