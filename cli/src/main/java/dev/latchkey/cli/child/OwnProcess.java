package dev.latchkey.cli.child;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What this process was begun with, as the kernel keeps it: the bytes of its arguments and its
 * environment, which a virtual machine in a plain locale decodes with losses, and its mask of
 * signals.
 */
public final class OwnProcess {
  private static final Path SELF = Path.of("/proc/self");
  private static final long LEAST_ROOM = 128L << 10;
  private static final long MOST_ROOM = 6L << 20;

  private OwnProcess() {}

  /** The bytes of the last arguments of this process, which were decoded to these words. */
  public static List<byte[]> arguments(List<String> words) {
    List<byte[]> all = split("cmdline");
    int first = all.size() - words.size();
    if (first >= 0) {
      List<byte[]> last = all.subList(first, all.size());
      if (areOf(last, words)) {
        return List.copyOf(last);
      }
    }
    return words.stream().map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static boolean areOf(List<byte[]> bytes, List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String ascii = new String(bytes.get(i), StandardCharsets.US_ASCII);
      if (ascii.indexOf('\uFFFD') < 0 && !ascii.equals(words.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of the variables, which were decoded to these texts. */
  public static Map<String, byte[]> environment(Map<String, String> variables) {
    Charset decoding =
        Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), StandardCharsets.UTF_8);
    Map<String, byte[]> kept = new HashMap<>();
    for (byte[] variable : split("environ")) {
      int equals = 1;
      while (equals < variable.length && variable[equals] != '=') {
        equals++;
      }
      if (equals < variable.length) {
        String name = new String(variable, 0, equals, decoding);
        kept.put(name, Arrays.copyOfRange(variable, equals + 1, variable.length));
      }
    }
    Map<String, byte[]> environment = new HashMap<>();
    variables.forEach(
        (name, value) -> {
          byte[] bytes = kept.get(name);
          boolean same = bytes != null && new String(bytes, decoding).equals(value);
          environment.put(name, same ? bytes : value.getBytes(StandardCharsets.UTF_8));
        });
    return environment;
  }

  private static List<byte[]> split(String file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(SELF.resolve(file));
    } catch (IOException e) {
      return List.of();
    }
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        parts.add(Arrays.copyOfRange(bytes, start, i));
        start = i + 1;
      }
    }
    return parts;
  }

  /**
   * The signals that the caller had blocked: the first thread's, which the machine leaves alone.
   */
  static long signalMask() {
    try {
      return ProcessTable.signals("self/task/" + ProcessHandle.current().pid(), "SigBlk:");
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** Whether this is the first process of a machine or of a container. */
  static boolean isFirst() {
    return ProcessHandle.current().pid() == 1;
  }

  /** Whether this process ignores a signal now. */
  static boolean ignores(int signal) {
    try {
      return (ProcessTable.signals("self", "SigIgn:") & 1L << (signal - 1)) != 0;
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }

  /**
   * How many bytes the arguments and the environment of a program may take together: a quarter of
   * the stack, within the bounds that the system sets.
   */
  static long roomForTexts() {
    try {
      return Files.readAllLines(SELF.resolve("limits")).stream()
          .filter(line -> line.startsWith("Max stack size"))
          .map(line -> line.substring("Max stack size".length()).strip().split(" ", -1)[0])
          .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
          .map(soft -> Math.clamp(soft / 4, LEAST_ROOM, MOST_ROOM))
          .findFirst()
          .orElse(LEAST_ROOM);
    } catch (IOException | NumberFormatException e) {
      return LEAST_ROOM;
    }
  }

  /** The open file descriptors. */
  static List<Integer> descriptors() {
    List<Integer> open = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(SELF.resolve("fd"))) {
      entries.forEach(entry -> open.add(Integer.valueOf(String.valueOf(entry.getFileName()))));
    } catch (IOException e) {
      return List.of();
    }
    return open;
  }
}
