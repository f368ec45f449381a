package dev.latchkey.agent.files.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of {@code strace -y}: what was called with which arguments, and the answer.
 *
 * @param arguments as they stand there, such as {@code 5</tmp/a>}, {@code "b"} or {@code 0600}
 */
record SystemCall(String name, List<String> arguments, int answer, String line) {

  private static final Pattern LINE = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d+).*");
  private static final int OCTAL = 8;

  static Optional<SystemCall> parse(String line) {
    Matcher matcher = LINE.matcher(line);
    return matcher.matches()
        ? Optional.of(
            new SystemCall(
                matcher.group(1),
                split(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                line))
        : Optional.empty();
  }

  /** Splits at the commas outside of quotes, braces and the names of descriptors. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    int depth = 0;
    boolean quoted = false;
    for (int at = 0; at < text.length(); at++) {
      char each = text.charAt(at);
      quoted ^= each == '"' && (at == 0 || text.charAt(at - 1) != '\\');
      if (!quoted) {
        depth += "<{[".indexOf(each) >= 0 ? 1 : 0;
        depth -= ">}]".indexOf(each) >= 0 ? 1 : 0;
      }
      if (each == ',' && !quoted && depth == 0) {
        parts.add(part.toString().strip());
        part.setLength(0);
      } else {
        part.append(each);
      }
    }
    parts.add(part.toString().strip());
    return parts;
  }

  boolean succeeded() {
    return answer >= 0;
  }

  /** A name among the arguments, without its quotes. */
  String text(int index) {
    return arguments.get(index).replaceAll("^\"|\"$", "");
  }

  /** A descriptor among the arguments. */
  int descriptor(int index) {
    String argument = arguments.get(index);
    return argument.startsWith("AT_FDCWD")
        ? Flags.AT_FDCWD
        : Integer.parseInt(argument.replaceAll("<.*", ""));
  }

  /** A mode among the arguments. */
  int mode(int index) {
    return Integer.parseInt(arguments.get(index), OCTAL);
  }
}
