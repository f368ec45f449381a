package dev.latchkey.agent.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Instant;

/**
 * The calls by which a {@link PidFile} is read; a failure is the negative error number. What is
 * open is described by {@code statx}, whose structure is the same on every processor.
 */
final class PidFileCalls {

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

  /** For reading; not waiting for a pipe's other end; no symlink; not for programs begun later. */
  private static final int FLAGS = 04000 | (ARM ? 0100000 : 0400000) | 02000000;

  private static final int FROM_HERE = -100;
  private static final int WHAT_IS_OPEN = 0x1000;
  private static final int BASIC = 0x7ff;
  private static final int BYTES = 256;
  private static final int UID = 20;
  private static final int MODE = 28;
  private static final int INODE = 32;
  private static final int MODIFIED_SECONDS = 112;
  private static final int MODIFIED_NANOS = 120;
  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;

  /** The mode of openat, which is not given here, is one of its variable arguments. */
  private static final int FIXED_OF_OPENAT = 3;

  private static final MethodHandle OPENAT =
      CLibrary.function(
          "openat",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(FIXED_OF_OPENAT));
  private static final MethodHandle STATX =
      CLibrary.function(
          "statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle READ =
      CLibrary.function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle CLOSE =
      CLibrary.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private PidFileCalls() {}

  static long open(Path path) {
    return CLibrary.answer(
        (arena, state) ->
            (int)
                OPENAT.invokeExact(
                    state, FROM_HERE, arena.allocateFrom(path.toString()), FLAGS, 0));
  }

  /** Room for what {@link #fill} tells. */
  static MemorySegment stat(Arena arena) {
    return arena.allocate(BYTES, Long.BYTES);
  }

  static long fill(int descriptor, MemorySegment stat) {
    return CLibrary.answer(
        (arena, state) ->
            (int)
                STATX.invokeExact(
                    state, descriptor, arena.allocateFrom(""), WHAT_IS_OPEN, BASIC, stat));
  }

  static long read(int descriptor, MemorySegment into) {
    return CLibrary.answer(
        (arena, state) -> (long) READ.invokeExact(state, descriptor, into, into.byteSize()));
  }

  static void close(int descriptor) {
    long _ = CLibrary.once((arena, state) -> (int) CLOSE.invokeExact(state, descriptor));
  }

  static boolean isRegular(MemorySegment stat) {
    return (mode(stat) & TYPE) == REGULAR;
  }

  static int mode(MemorySegment stat) {
    return Short.toUnsignedInt(stat.get(JAVA_SHORT, MODE));
  }

  static int uid(MemorySegment stat) {
    return stat.get(JAVA_INT, UID);
  }

  static long inode(MemorySegment stat) {
    return stat.get(JAVA_LONG, INODE);
  }

  static Instant modifiedAt(MemorySegment stat) {
    return Instant.ofEpochSecond(
        stat.get(JAVA_LONG, MODIFIED_SECONDS), stat.get(JAVA_INT, MODIFIED_NANOS));
  }
}
