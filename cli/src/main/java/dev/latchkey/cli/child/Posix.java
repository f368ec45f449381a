package dev.latchkey.cli.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * The calls of the system that the Java library does not offer. Each answers what the system did,
 * or an error number, negated. A value that passes through lies outside the heap until its call
 * returns. Safe for use by several threads.
 */
@SuppressWarnings("restricted") // The launcher grants native access.
final class Posix {
  static final int ENOENT = 2;
  static final int EACCES = 13;
  static final int ENOTDIR = 20;
  static final int ENOEXEC = 8;
  static final int E2BIG = 7;

  /** What {@code awaitChange} tells of a child that was stopped. */
  static final int STOPPED = 5;

  private static final int CLOSE_RANGE_CLOEXEC = 4;
  private static final int FIRST_UNSHARED = 3;
  private static final int SIG_BLOCK = 0;
  private static final int SIG_SETMASK = 2;
  private static final long SIG_DFL = 0;
  private static final long SIG_IGN = 1;

  /** ILL, TRAP, BUS, FPE and SEGV: the virtual machine lives by them. */
  private static final long NEVER_BLOCKED = 1L << 3 | 1L << 4 | 1L << 6 | 1L << 7 | 1L << 10;

  private static final int SIGNAL_SET_BYTES = 128;
  private static final int ATTRIBUTES_BYTES = 512;
  private static final int ACTIONS_BYTES = 128;
  private static final short SPAWN_SETPGROUP = 0x02;
  private static final short SPAWN_SETSIGMASK = 0x08;
  private static final int X_OK = 1;
  private static final int P_ALL = 0;
  private static final int P_PID = 1;
  private static final int WNOHANG = 1;
  private static final int WSTOPPED = 2;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x0100_0000;
  private static final int SIGINFO_BYTES = 128;
  private static final int SIGINFO_CODE = 8;
  private static final int SIGINFO_PID = 16;
  private static final int SIGINFO_STATUS = 24;

  private static final MethodHandle EXECVE = Native.call("execve", ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle SPAWN =
      Native.call("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle ATTR_INIT = Native.call("posix_spawnattr_init", ADDRESS);
  private static final MethodHandle ATTR_FLAGS =
      Native.call("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
  private static final MethodHandle ATTR_GROUP =
      Native.call("posix_spawnattr_setpgroup", ADDRESS, JAVA_INT);
  private static final MethodHandle ATTR_MASK =
      Native.call("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_INIT =
      Native.call("posix_spawn_file_actions_init", ADDRESS);
  private static final MethodHandle ACTIONS_DESTROY =
      Native.call("posix_spawn_file_actions_destroy", ADDRESS);

  /** From glibc 2.35 on. */
  private static final Optional<MethodHandle> ACTIONS_FOREGROUND =
      Native.find("posix_spawn_file_actions_addtcsetpgrp_np", ADDRESS, JAVA_INT);

  /** From glibc 2.34 on. */
  private static final Optional<MethodHandle> ACTIONS_CLOSE =
      Native.find("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);

  private static final MethodHandle MASK =
      Native.call("pthread_sigmask", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SIGNAL =
      Native.call("signal", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG));
  private static final MethodHandle ACCESS = Native.call("access", ADDRESS, JAVA_INT);
  private static final MethodHandle KILL = Native.call("kill", JAVA_INT, JAVA_INT);
  private static final MethodHandle WAITPID = Native.call("waitpid", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle WAITID =
      Native.call("waitid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final Optional<MethodHandle> CLOSE_RANGE =
      Native.find("close_range", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle FCNTL =
      Native.call(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));

  private Posix() {}

  /** Becomes another program; returns only when that failed, with the error negated. */
  static int execve(byte[] path, List<byte[]> arguments, List<byte[]> environment, long mask) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment program = Native.text(arena, path);
      MemorySegment words = Native.texts(arena, arguments);
      MemorySegment variables = Native.texts(arena, environment);
      shareStandardStreamsOnly();
      long before = setMask(arena, mask & ~NEVER_BLOCKED);
      int failed = Native.invoke(EXECVE, arena, program, words, variables);
      setMask(arena, before);
      return failed;
    }
  }

  /**
   * Starts another program in a process group of its own, with that mask of signals and no other
   * file descriptor than the three standard ones.
   *
   * @param terminal the descriptor of a terminal whose foreground the group has before the program
   *     runs, where the system can do that; negative for none
   * @return the process, or the error negated
   */
  static int spawn(
      byte[] path, List<byte[]> arguments, List<byte[]> environment, long mask, int terminal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, 8);
      Native.invoke(ATTR_INIT, arena, attributes);
      Native.invoke(ATTR_FLAGS, arena, attributes, (short) (SPAWN_SETPGROUP | SPAWN_SETSIGMASK));
      Native.invoke(ATTR_GROUP, arena, attributes, 0);
      Native.invoke(ATTR_MASK, arena, attributes, signals(arena, mask));
      MemorySegment actions = arena.allocate(ACTIONS_BYTES, 8);
      Native.invoke(ACTIONS_INIT, arena, actions);
      if (terminal >= 0) {
        ACTIONS_FOREGROUND.ifPresent(add -> Native.invoke(add, arena, actions, terminal));
      }
      ACTIONS_CLOSE.ifPresent(add -> Native.invoke(add, arena, actions, FIRST_UNSHARED));
      MemorySegment pid = arena.allocate(JAVA_INT);
      MemorySegment program = Native.text(arena, path);
      MemorySegment words = Native.texts(arena, arguments);
      MemorySegment variables = Native.texts(arena, environment);
      shareStandardStreamsOnly();
      int error = Native.invoke(SPAWN, arena, pid, program, actions, attributes, words, variables);
      Native.invoke(ACTIONS_DESTROY, arena, actions);
      return error == 0 ? pid.get(JAVA_INT, 0) : -error;
    }
  }

  /**
   * Lets no other file descriptor than the three standard ones pass to a program that is begun. One
   * that another thread opens after this passes all the same, where nothing closes it on the way.
   */
  private static void shareStandardStreamsOnly() {
    try (Arena arena = Arena.ofConfined()) {
      boolean done =
          CLOSE_RANGE
              .map(range -> Native.invoke(range, arena, FIRST_UNSHARED, -1, CLOSE_RANGE_CLOEXEC))
              .orElse(-1)
              .equals(0);
      if (!done) {
        for (int descriptor : OwnProcess.descriptors()) {
          if (descriptor >= FIRST_UNSHARED) {
            Native.invoke(FCNTL, arena, descriptor, 2, 1);
          }
        }
      }
    }
  }

  /** Whether a child that is begun can put itself in a terminal's foreground. */
  static boolean givesForeground() {
    return ACTIONS_FOREGROUND.isPresent();
  }

  /** Whether this process may execute what lies at the path; 0, or the error negated. */
  static int executable(byte[] path) {
    try (Arena arena = Arena.ofConfined()) {
      return Native.invoke(ACCESS, arena, Native.text(arena, path), X_OK);
    }
  }

  /** Sends a signal to a process, or to a whole group when the number is negative or zero. */
  static int kill(int process, int signal) {
    try (Arena arena = Arena.ofConfined()) {
      return Native.invoke(KILL, arena, process, signal);
    }
  }

  /**
   * Has the process ended by a signal at once, unless it is ignored. The system itself drops what
   * is usual for the first process of a container: there {@code _exit} is what the signal calls, so
   * that the code is its bare number.
   */
  static void letEnd(int signal) {
    long end = OwnProcess.isFirst() ? Native.address("_exit") : SIG_DFL;
    if (dispose(signal, end) == SIG_IGN) {
      dispose(signal, SIG_IGN);
    }
  }

  /** Has a signal ignored; whether it was. */
  static boolean ignore(int signal) {
    return dispose(signal, SIG_IGN) == SIG_IGN;
  }

  private static long dispose(int signal, long how) {
    try (Arena arena = Arena.ofConfined()) {
      return (long) Native.answer(SIGNAL, arena, signal, how);
    }
  }

  /** Waits until a child ends or stops, and leaves it to be collected; how, as {@code si_code}. */
  static int awaitChange(int child) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
      int failed = Native.invoke(WAITID, arena, P_PID, child, info, WEXITED | WSTOPPED | WNOWAIT);
      return failed < 0 ? failed : info.get(JAVA_INT, SIGINFO_CODE);
    }
  }

  /**
   * Waits until any child has ended, and leaves it to be collected; which, or the error negated.
   */
  static int awaitAnyEnd() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
      int failed = Native.invoke(WAITID, arena, P_ALL, 0, info, WEXITED | WNOWAIT);
      return failed < 0 ? failed : info.get(JAVA_INT, SIGINFO_PID);
    }
  }

  /** Collects that a child stopped; the signal that did it, 0 when it is not stopped any more. */
  static int collectStop(int child) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
      int failed = Native.invoke(WAITID, arena, P_PID, child, info, WSTOPPED | WNOHANG);
      return failed < 0 ? 0 : info.get(JAVA_INT, SIGINFO_STATUS);
    }
  }

  /**
   * Collects how a child ended.
   *
   * @return the status as {@code wait} gives it, or the error negated
   */
  static int collect(int child) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(JAVA_INT);
      int failed = Native.invoke(WAITPID, arena, child, status, 0);
      return failed < 0 ? failed : status.get(JAVA_INT, 0);
    }
  }

  /** Blocks one more signal for this thread; its mask before. */
  static long block(Arena arena, int signal) {
    return mask(arena, SIG_BLOCK, 1L << (signal - 1));
  }

  /** Changes this thread's mask of signals; the one before. */
  static long setMask(Arena arena, long mask) {
    return mask(arena, SIG_SETMASK, mask);
  }

  private static long mask(Arena arena, int how, long mask) {
    MemorySegment before = arena.allocate(SIGNAL_SET_BYTES, 8);
    Native.invoke(MASK, arena, how, signals(arena, mask), before);
    return before.get(JAVA_LONG, 0);
  }

  private static MemorySegment signals(Arena arena, long mask) {
    MemorySegment set = arena.allocate(SIGNAL_SET_BYTES, 8);
    set.set(JAVA_LONG, 0, mask);
    return set;
  }
}
