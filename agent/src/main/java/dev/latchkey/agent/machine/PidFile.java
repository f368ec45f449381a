package dev.latchkey.agent.machine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What a pid file said when it was read. Whoever writes it may be an enemy: it is opened once, past
 * no symlink at its place and without waiting, as a pipe would have one do; what is open is looked
 * at, and no more of it is read than a number takes.
 *
 * @param inode which file it was, so that one put in its place is told from it
 * @param uid who owns it
 */
public record PidFile(long pid, long inode, int uid, Instant writtenAt) {

  private static final int LONGEST = 64;
  private static final int WRITABLE_BY_OTHERS = 02;
  private static final int NO_SUCH_FILE = 2;
  private static final int NO_DEVICE = 6;
  private static final int SYMLINK = 40;

  /** It is not to be trusted, or holds no number of a process. */
  public static final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    private final String why;

    private Refused(String why) {
      super(why);
      this.why = why;
    }

    /** What is wrong and what to do, for whoever runs the machine. */
    public String why() {
      return why;
    }
  }

  /**
   * Reads it. Blocks only where its file system does.
   *
   * @return empty when there is none
   */
  public static Optional<PidFile> read(Path path) throws Refused {
    long descriptor = PidFileCalls.open(path);
    if (descriptor == -NO_SUCH_FILE) {
      return Optional.empty();
    }
    if (descriptor == -SYMLINK || descriptor == -NO_DEVICE) {
      throw noPlainFile(path);
    }
    must(path, descriptor);
    try {
      return Optional.of(read(path, (int) descriptor));
    } finally {
      PidFileCalls.close((int) descriptor);
    }
  }

  private static PidFile read(Path path, int descriptor) throws Refused {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stat = PidFileCalls.stat(arena);
      must(path, PidFileCalls.fill(descriptor, stat));
      if (!PidFileCalls.isRegular(stat)) {
        throw noPlainFile(path);
      }
      if ((PidFileCalls.mode(stat) & WRITABLE_BY_OTHERS) != 0) {
        throw new Refused(path + " may be written by everybody; take that away");
      }
      MemorySegment text = arena.allocate(LONGEST);
      long length = must(path, PidFileCalls.read(descriptor, text));
      return new PidFile(
          number(path, text.asSlice(0, length).toArray(JAVA_BYTE)),
          PidFileCalls.inode(stat),
          PidFileCalls.uid(stat),
          PidFileCalls.modifiedAt(stat));
    }
  }

  private static long number(Path path, byte[] bytes) throws Refused {
    String text = new String(bytes, StandardCharsets.US_ASCII).strip();
    if (!text.matches("[1-9][0-9]{0,9}") || text.equals("1")) {
      throw new Refused(path + " holds no number of a process beyond the first");
    }
    return Long.parseLong(text);
  }

  private static long must(Path path, long answer) throws Refused {
    if (answer < 0) {
      throw new Refused(path + " cannot be read (error " + -answer + ")");
    }
    return answer;
  }

  private static Refused noPlainFile(Path path) {
    return new Refused(path + " is no plain file; name the pid file itself");
  }
}
