package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.machine.CLibrary;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The functions of the C library that the file tree calls, as they are: numbers in, a number or a
 * {@link PosixFault} out. A call that a signal interrupts is made again.
 *
 * <p>Paths among the arguments only serve messages; a name is what the kernel sees, relative to the
 * open directory.
 */
final class Libc {

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout TEXT = ValueLayout.ADDRESS;

  /** The mode of openat is one of its variable arguments. */
  private static final int FIXED_OF_OPENAT = 3;

  private static final MethodHandle OPENAT =
      function("openat", INT, Linker.Option.firstVariadicArg(FIXED_OF_OPENAT), INT, TEXT, INT, INT);
  private static final MethodHandle MKDIRAT = function("mkdirat", INT, INT, TEXT, INT);
  private static final MethodHandle LINKAT = function("linkat", INT, INT, TEXT, INT, TEXT, INT);
  private static final MethodHandle SYMLINKAT = function("symlinkat", INT, TEXT, INT, TEXT);
  private static final MethodHandle READLINKAT =
      function("readlinkat", LONG, INT, TEXT, TEXT, LONG);
  private static final MethodHandle UNLINKAT = function("unlinkat", INT, INT, TEXT, INT);
  private static final MethodHandle RENAMEAT = function("renameat", INT, INT, TEXT, INT, TEXT);
  private static final MethodHandle FCHMOD = function("fchmod", INT, INT, INT);
  private static final MethodHandle FCHMODAT = function("fchmodat", INT, INT, TEXT, INT, INT);
  private static final MethodHandle FCHOWNAT = function("fchownat", INT, INT, TEXT, INT, INT, INT);
  private static final MethodHandle FSYNC = function("fsync", INT, INT);
  private static final MethodHandle WRITE = function("write", LONG, INT, TEXT, LONG);
  private static final MethodHandle READ = function("read", LONG, INT, TEXT, LONG);
  private static final MethodHandle CLOSE = function("close", INT, INT);
  private static final MethodHandle FACCESSAT = function("faccessat", INT, INT, TEXT, INT, INT);
  private static final MethodHandle STATX = function("statx", INT, INT, TEXT, INT, INT, TEXT);
  private static final MethodHandle REMOVEXATTR = function("removexattr", INT, TEXT, TEXT);
  private static final MethodHandle FSTATFS = function("fstatfs", INT, INT, TEXT);

  private Libc() {}

  private static MethodHandle function(
      String name, ValueLayout answer, Linker.Option option, MemoryLayout... arguments) {
    return CLibrary.function(name, FunctionDescriptor.of(answer, arguments), option);
  }

  private static MethodHandle function(String name, ValueLayout answer, MemoryLayout... arguments) {
    return CLibrary.function(name, FunctionDescriptor.of(answer, arguments));
  }

  static int openat(int directory, String name, int flags, int mode, Path path) throws PosixFault {
    return (int)
        call(
            "openat",
            path,
            (arena, state) ->
                (int) OPENAT.invokeExact(state, directory, arena.allocateFrom(name), flags, mode));
  }

  static void mkdirat(int directory, String name, int mode, Path path) throws PosixFault {
    call(
        "mkdirat",
        path,
        (arena, state) ->
            (int) MKDIRAT.invokeExact(state, directory, arena.allocateFrom(name), mode));
  }

  static void linkat(int from, String name, int to, String newName, int flags, Path path)
      throws PosixFault {
    call(
        "linkat",
        path,
        (arena, state) ->
            (int)
                LINKAT.invokeExact(
                    state, from, arena.allocateFrom(name), to, arena.allocateFrom(newName), flags));
  }

  static void symlinkat(String target, int directory, String name, Path path) throws PosixFault {
    call(
        "symlinkat",
        path,
        (arena, state) ->
            (int)
                SYMLINKAT.invokeExact(
                    state, arena.allocateFrom(target), directory, arena.allocateFrom(name)));
  }

  static int readlinkat(int directory, String name, MemorySegment into, Path path)
      throws PosixFault {
    return (int)
        call(
            "readlinkat",
            path,
            (arena, state) ->
                (long)
                    READLINKAT.invokeExact(
                        state, directory, arena.allocateFrom(name), into, into.byteSize()));
  }

  static void unlinkat(int directory, String name, int flags, Path path) throws PosixFault {
    call(
        "unlinkat",
        path,
        (arena, state) ->
            (int) UNLINKAT.invokeExact(state, directory, arena.allocateFrom(name), flags));
  }

  static void renameat(int directory, String name, String newName, Path path) throws PosixFault {
    call(
        "renameat",
        path,
        (arena, state) ->
            (int)
                RENAMEAT.invokeExact(
                    state,
                    directory,
                    arena.allocateFrom(name),
                    directory,
                    arena.allocateFrom(newName)));
  }

  static void fchmod(int file, int mode, Path path) throws PosixFault {
    call("fchmod", path, (arena, state) -> (int) FCHMOD.invokeExact(state, file, mode));
  }

  static void fchmodat(int directory, String name, int mode, Path path) throws PosixFault {
    call(
        "fchmodat",
        path,
        (arena, state) ->
            (int) FCHMODAT.invokeExact(state, directory, arena.allocateFrom(name), mode, 0));
  }

  /** Changes the owners of what is open, also of what is open as a path only. */
  static void fchown(int file, int uid, int gid, int flags, Path path) throws PosixFault {
    call(
        "fchownat",
        path,
        (arena, state) ->
            (int) FCHOWNAT.invokeExact(state, file, arena.allocateFrom(""), uid, gid, flags));
  }

  static void fsync(int file, Path path) throws PosixFault {
    call("fsync", path, (arena, state) -> (int) FSYNC.invokeExact(state, file));
  }

  static int write(int file, MemorySegment bytes, Path path) throws PosixFault {
    return (int)
        call(
            "write",
            path,
            (arena, state) -> (long) WRITE.invokeExact(state, file, bytes, bytes.byteSize()));
  }

  static int read(int file, MemorySegment into, Path path) throws PosixFault {
    return (int)
        call(
            "read",
            path,
            (arena, state) -> (long) READ.invokeExact(state, file, into, into.byteSize()));
  }

  static void faccessat(int directory, String name, int mode, int flags, Path path)
      throws PosixFault {
    call(
        "faccessat",
        path,
        (arena, state) ->
            (int) FACCESSAT.invokeExact(state, directory, arena.allocateFrom(name), mode, flags));
  }

  static void statx(int directory, String name, int flags, MemorySegment into, Path path)
      throws PosixFault {
    call(
        "statx",
        path,
        (arena, state) ->
            (int)
                STATX.invokeExact(
                    state, directory, arena.allocateFrom(name), flags, FileStat.BASIC, into));
  }

  static void removexattr(String file, String attribute, Path path) throws PosixFault {
    call(
        "removexattr",
        path,
        (arena, state) ->
            (int)
                REMOVEXATTR.invokeExact(
                    state, arena.allocateFrom(file), arena.allocateFrom(attribute)));
  }

  static void fstatfs(int file, MemorySegment into, Path path) throws PosixFault {
    call("fstatfs", path, (arena, state) -> (int) FSTATFS.invokeExact(state, file, into));
  }

  /** Closes once: the descriptor is gone, whatever the answer. */
  static void close(int file) {
    long _ = CLibrary.once((arena, state) -> (int) CLOSE.invokeExact(state, file));
  }

  private static long call(String name, Path path, CLibrary.Call call) throws PosixFault {
    long answer = CLibrary.answer(call);
    if (answer < 0) {
      throw new PosixFault(name, path, (int) -answer);
    }
    return answer;
  }
}
