package dev.latchkey.cli.command;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which variables of the caller a child is given: none but those named. What steers Latchkey
 * itself, or the virtual machine below it, is given only under its full name and never by a
 * pattern.
 *
 * @param names names, where {@code *} stands for any characters
 */
record Passed(List<String> names) {
  /** Says where and for whom a program runs; without these many do not find what they need. */
  static final List<String> USUAL =
      List.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "TERM",
          "LANG",
          "LANGUAGE",
          "LC_*",
          "TZ",
          "TMPDIR");

  private static final Pattern OURS =
      Pattern.compile("LATCHKEY_.*|_?JAVA_.*|JDK_.*|_|SHLVL|OLDPWD");

  Passed {
    names = List.copyOf(names);
  }

  /** Those of the variables that are passed on. */
  <T> Map<String, T> of(Map<String, T> variables) {
    Map<String, T> passed = new TreeMap<>();
    variables.forEach(
        (name, value) -> {
          if (names.stream().anyMatch(pattern -> matches(pattern, name))) {
            passed.put(name, value);
          }
        });
    return passed;
  }

  private static boolean matches(String pattern, String name) {
    if (pattern.indexOf('*') < 0) {
      return pattern.equals(name);
    }
    String[] parts = pattern.split("\\*", -1);
    StringBuilder regex = new StringBuilder(Pattern.quote(parts[0]));
    for (int i = 1; i < parts.length; i++) {
      regex.append(".*").append(Pattern.quote(parts[i]));
    }
    return name.matches(regex.toString()) && !OURS.matcher(name).matches();
  }
}
