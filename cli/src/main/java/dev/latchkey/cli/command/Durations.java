package dev.latchkey.cli.command;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads lengths of time as the configuration writes them: {@code 500ms 10s 5m 24h 7d}, ISO-8601.
 */
public final class Durations implements ITypeConverter<Duration> {
  /** As good as for ever, and far from where clocks that count nanoseconds overflow. */
  static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  @Override
  public Duration convert(String text) {
    Matcher parts = SHORT.matcher(text);
    Duration length = parts.matches() ? units(parts) : iso(text);
    if (length.isNegative()) {
      throw wrong(text);
    }
    if (length.compareTo(LONGEST) > 0) {
      throw new TypeConversionException(
          "'" + text + "' is longer than " + LONGEST.toDays() + "d, which is the most");
    }
    return length;
  }

  private static Duration units(Matcher parts) {
    long number = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static Duration iso(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw wrong(text);
    }
  }

  private static TypeConversionException wrong(String text) {
    return new TypeConversionException(
        "'" + text + "' is no length of time; write one like 500ms, 10s, 5m, 24h or 7d");
  }
}
