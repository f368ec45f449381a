package dev.latchkey.cli.child;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Whether a process takes a signal, as far as the system shows that: by a handler; or because none
 * of its threads would end by it, since each blocks it, as for {@code signalfd}, or waits for it.
 *
 * <p>While a thread waits in {@code sigwait}, the system shows as blocked no more what it waits
 * for. What that is lies in the thread's memory, where its call says. On the other hand a shell or
 * the C library blocks all signals for a moment, as to begin a process; but it does not sleep then.
 */
final class Reception {
  private static final Path PROC = Path.of("/proc");

  /** The number of {@code rt_sigtimedwait}, which waits, by the machine. */
  private static final String WAITING =
      Map.of("amd64", "128", "aarch64", "137")
          .getOrDefault(System.getProperty("os.arch", ""), "none");

  /** All signals that can be blocked, but for those of the C library and of real time. */
  private static final long ALL =
      0x7fff_ffffL & ~(1L << (Signals.KILL - 1)) & ~(1L << (Signals.STOP - 1));

  private Reception() {}

  /** Whether a process takes a signal; so also when its handlers cannot be seen. */
  static boolean takes(int process, int signal) {
    long bit = 1L << (signal - 1);
    try {
      if ((ProcessTable.signals("" + process, "SigCgt:") & bit) != 0) {
        return true;
      }
    } catch (IOException | NumberFormatException e) {
      return true;
    }
    Path tasks = PROC.resolve("" + process).resolve("task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        if (!isSafe(thread, bit)) {
          return false;
        }
      }
      return true;
    } catch (IOException | RuntimeException gone) {
      return false;
    }
  }

  private static boolean isSafe(Path thread, long bit) throws IOException {
    List<String> status = Files.readAllLines(thread.resolve("status"));
    long blocked = ProcessTable.signals(status, "SigBlk:");
    if ((blocked & bit) == 0) {
      return (awaited(thread) & bit) != 0;
    }
    return (blocked & ALL) != ALL || status.stream().anyMatch("State:\tS (sleeping)"::equals);
  }

  /** The signals that a thread waits for; none when it does something else. */
  private static long awaited(Path thread) throws IOException {
    String[] call = Files.readString(thread.resolve("syscall")).split(" ", -1);
    if (!call[0].equals(WAITING)) {
      return 0;
    }
    try (RandomAccessFile memory = new RandomAccessFile(thread.resolve("mem").toFile(), "r")) {
      byte[] set = new byte[Long.BYTES];
      memory.seek(Long.decode(call[1]));
      memory.readFully(set);
      return ByteBuffer.wrap(set).order(ByteOrder.nativeOrder()).getLong();
    }
  }
}
