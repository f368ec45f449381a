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
      String text = new String(variable, decoding);
      int equals = text.indexOf('=');
      if (equals > 0) {
        int start = text.substring(0, equals + 1).getBytes(decoding).length;
        kept.put(text.substring(0, equals), Arrays.copyOfRange(variable, start, variable.length));
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
    String status = "task/" + ProcessHandle.current().pid() + "/status";
    try {
      return Files.readAllLines(SELF.resolve(status)).stream()
          .filter(line -> line.startsWith("SigBlk:"))
          .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .findFirst()
          .orElse(0);
    } catch (IOException | NumberFormatException e) {
      return 0;
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

  /**
   * Whether nobody in this session could continue this process's group once it is stopped, so that
   * the kernel does not let the terminal stop it.
   */
  static boolean isOrphaned() {
    try {
      String[] own = stat("self");
      String[] parent = stat(own[PARENT]);
      return !parent[SESSION].equals(own[SESSION]) || parent[GROUP].equals(own[GROUP]);
    } catch (IOException | IndexOutOfBoundsException e) {
      return true;
    }
  }

  private static final int PARENT = 1;
  private static final int GROUP = 2;
  private static final int SESSION = 3;

  private static String[] stat(String process) throws IOException {
    String stat = Files.readString(SELF.resolveSibling(process).resolve("stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }
}
