package dev.latchkey.cli.output;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Instants and lengths of time, as the contract has them, in forms for people and programs. */
public final class Times {
  private Times() {}

  /** The instant. */
  public static Instant instant(Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  /** The instant to the second, for people; {@code -} when it is not set. */
  public static String shown(Timestamp at) {
    return at.equals(Timestamp.getDefaultInstance())
        ? "-"
        : instant(at).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Seconds, with as many digits as needed, followed by {@code s}. */
  public static String seconds(Duration length) {
    BigDecimal seconds =
        BigDecimal.valueOf(length.getSeconds()).add(BigDecimal.valueOf(length.getNanos(), 9));
    return (seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString()) + "s";
  }

  /** The length of time in its two largest units, for people, such as {@code 3h 20m}. */
  public static String shown(Duration length) {
    long seconds = length.getSeconds();
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return pair(seconds, 60, "m", 1, "s");
    }
    return seconds < 86_400
        ? pair(seconds, 3600, "h", 60, "m")
        : pair(seconds, 86_400, "d", 3600, "h");
  }

  private static String pair(long seconds, long large, String unit, long small, String rest) {
    long remainder = seconds % large / small;
    return seconds / large + unit + (remainder == 0 ? "" : " " + remainder + rest);
  }
}
