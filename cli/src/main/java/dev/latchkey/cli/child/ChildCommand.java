package dev.latchkey.cli.child;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that was found, with its arguments. What goes wrong is told with a shell's exit codes.
 */
public final class ChildCommand {
  private static final String USUAL_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final byte[] SHELL = ascii("/bin/sh");
  private static final byte[] SETPRIV = ascii("/usr/bin/setpriv");

  /** The words of {@code setpriv} or of a shell, and what the system itself puts there. */
  private static final int ADDED = 4096;

  private static final int POINTER = 8;

  private final byte[] program;
  private final List<byte[]> words;

  private ChildCommand(byte[] program, List<byte[]> words) {
    this.program = program;
    this.words = words;
  }

  /**
   * Finds the program that the first word names, as a shell would.
   *
   * @param words the command and its arguments
   * @param path where to look for a word without a slash; null for the usual places
   * @throws CommandFailure NO_COMMAND or NOT_EXECUTABLE
   */
  public static ChildCommand find(List<byte[]> words, byte @Nullable [] path) {
    int best = -Posix.ENOENT;
    for (byte[] candidate : candidates(words.getFirst(), path == null ? ascii(USUAL_PATH) : path)) {
      int found = isDirectory(candidate) ? -Posix.EACCES : Posix.executable(candidate);
      if (found == 0) {
        return new ChildCommand(candidate, List.copyOf(words));
      }
      best = found == -Posix.ENOENT || found == -Posix.ENOTDIR ? best : found;
    }
    throw failure(words.getFirst(), best, false);
  }

  private static List<byte[]> candidates(byte[] word, byte[] path) {
    String name = latin(word);
    if (name.contains("/")) {
      return List.of(word);
    }
    List<byte[]> candidates = new ArrayList<>();
    for (String directory : latin(path).split(":", -1)) {
      String place = directory.isEmpty() ? "." : directory;
      candidates.add((place + "/" + name).getBytes(StandardCharsets.ISO_8859_1));
    }
    return name.isEmpty() ? List.of() : candidates;
  }

  private static boolean isDirectory(byte[] path) {
    try {
      return Files.isDirectory(Path.of(new String(path, StandardCharsets.UTF_8)));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** What the arguments leave to the environment, in bytes, with what is added on the way. */
  public long roomForEnvironment() {
    long taken = 2L * program.length + ADDED;
    for (byte[] word : words) {
      taken += word.length + 1L + POINTER;
    }
    return OwnProcess.roomForTexts() - taken;
  }

  /**
   * Becomes the program, under the same process id; returns only with why that failed. A signal
   * that is to end this process is not lost on the way: it ends this process or the program.
   */
  public CommandFailure become(List<byte[]> environment) {
    long mask = OwnProcess.signalMask();
    Signals.letGo();
    int failed = Posix.execve(program, words, environment, mask);
    if (failed == -Posix.ENOEXEC) {
      failed = Posix.execve(SHELL, script(), environment, mask);
    }
    return failure(words.getFirst(), failed, true);
  }

  /**
   * Starts the program in a process group of its own.
   *
   * @param bound whether it is to be told to end when the calling thread does, where the system has
   *     a program for that
   * @param foreground the terminal that is the program's from its first instruction on, if it is
   *     this process's now and the system can do that
   * @return the process
   * @throws CommandFailure when it could not be started
   */
  int start(List<byte[]> environment, boolean bound, Foreground foreground) {
    long mask = OwnProcess.signalMask();
    int terminal = foreground.forChild();
    int started = spawn(environment, bound, mask, terminal);
    if (started == -Posix.ENOEXEC) {
      started = Posix.spawn(SHELL, script(), environment, mask, terminal);
    }
    // Not where the system has done it: that would also continue a child that was stopped since.
    if (terminal >= 0 && started > 0 && !Posix.givesForeground()) {
      foreground.give(started);
    }
    if (started < 0) {
      if (terminal >= 0) {
        foreground.restore();
      }
      throw failure(words.getFirst(), started, true);
    }
    return started;
  }

  private int spawn(List<byte[]> environment, boolean bound, long mask, int terminal) {
    if (!bound) {
      return Posix.spawn(program, words, environment, mask, terminal);
    }
    int executable = Posix.executable(program);
    if (executable == 0) {
      executable = Interpreter.executable(program);
    }
    return executable < 0 ? executable : Posix.spawn(SETPRIV, bound(), environment, mask, terminal);
  }

  /** Whether a process that was begun bound has not become the program, or not yet. */
  boolean isBinding(int process) {
    return !latin(program).endsWith("/setpriv") && ProcessTable.name(process).equals("setpriv");
  }

  /** Whether {@code setpriv} is here and can bind a child to its parent's life. */
  public static boolean canBind() {
    if (Posix.executable(SETPRIV) != 0) {
      return false;
    }
    List<byte[]> trial = new ArrayList<>(binding());
    trial.add(SETPRIV);
    trial.add(ascii("--version"));
    return Trial.endsWell(trial);
  }

  private static List<byte[]> binding() {
    return List.of(ascii("setpriv"), ascii("--pdeathsig"), ascii("TERM"), ascii("--"));
  }

  private List<byte[]> bound() {
    List<byte[]> all = new ArrayList<>(binding());
    all.add(program);
    all.addAll(words.subList(1, words.size()));
    return all;
  }

  /** A text without an interpreter's line is the shell's, as everywhere. */
  private List<byte[]> script() {
    List<byte[]> all = new ArrayList<>(List.of(SHELL, program));
    all.addAll(words.subList(1, words.size()));
    return all;
  }

  private static CommandFailure failure(byte[] word, int error, boolean found) {
    String name = "'" + new String(word, StandardCharsets.UTF_8) + "'";
    if (error == -Posix.ENOENT && !found) {
      return new CommandFailure(
          ExitCode.NO_COMMAND,
          name + ": there is no such command",
          "A word without a slash is looked for on the caller's PATH.");
    }
    String why =
        switch (-error) {
          case Posix.ENOENT -> "it, or what it names as its interpreter, is not there";
          case Posix.EACCES -> "is not executable by this user";
          case Posix.E2BIG -> "the arguments, or a value for the environment, are too long";
          default -> "cannot be executed (error " + -error + " of the system)";
        };
    return new CommandFailure(ExitCode.NOT_EXECUTABLE, name + ": " + why, "");
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
