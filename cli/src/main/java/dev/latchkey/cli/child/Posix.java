package dev.latchkey.cli.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
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

  private static final int CLOSE_RANGE_CLOEXEC = 4;
  private static final int FIRST_UNSHARED = 3;
  private static final int SIG_BLOCK = 0;
  private static final int SIG_SETMASK = 2;
  private static final int SIGTTOU = 22;

  /** ILL, TRAP, BUS, FPE and SEGV: the virtual machine lives by them. */
  private static final long NEVER_BLOCKED = 1L << 3 | 1L << 4 | 1L << 6 | 1L << 7 | 1L << 10;

  private static final int SIGNAL_SET_BYTES = 128;
  private static final int ATTRIBUTES_BYTES = 512;
  private static final int ACTIONS_BYTES = 128;
  private static final short SPAWN_SETPGROUP = 0x02;
  private static final short SPAWN_SETSIGMASK = 0x08;
  private static final int X_OK = 1;
  private static final int P_PID = 1;
  private static final int WNOHANG = 1;
  private static final int WSTOPPED = 2;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x0100_0000;
  private static final int SIGINFO_BYTES = 128;
  private static final int SIGINFO_CODE = 8;
  private static final int SIGINFO_STATUS = 24;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle EXECVE = call("execve", ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle SPAWN =
      call("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle ATTR_INIT = call("posix_spawnattr_init", ADDRESS);
  private static final MethodHandle ATTR_FLAGS =
      call("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
  private static final MethodHandle ATTR_GROUP =
      call("posix_spawnattr_setpgroup", ADDRESS, JAVA_INT);
  private static final MethodHandle ATTR_MASK =
      call("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_INIT = call("posix_spawn_file_actions_init", ADDRESS);
  private static final MethodHandle ACTIONS_DESTROY =
      call("posix_spawn_file_actions_destroy", ADDRESS);

  /** From glibc 2.35 on. */
  private static final Optional<MethodHandle> ACTIONS_FOREGROUND =
      SYMBOLS
          .find("posix_spawn_file_actions_addtcsetpgrp_np")
          .map(found -> call(found, ADDRESS, JAVA_INT));

  private static final MethodHandle MASK = call("pthread_sigmask", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle ACCESS = call("access", ADDRESS, JAVA_INT);
  private static final MethodHandle KILL = call("kill", JAVA_INT, JAVA_INT);
  private static final MethodHandle WAITPID = call("waitpid", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle WAITID = call("waitid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle ISATTY = call("isatty", JAVA_INT);
  private static final MethodHandle GETPGID = call("getpgid", JAVA_INT);
  private static final MethodHandle TCGETPGRP = call("tcgetpgrp", JAVA_INT);
  private static final MethodHandle TCSETPGRP = call("tcsetpgrp", JAVA_INT, JAVA_INT);
  private static final Optional<MethodHandle> CLOSE_RANGE =
      SYMBOLS.find("close_range").map(found -> call(found, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle FCNTL =
      LINKER.downcallHandle(
          symbol("fcntl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(2));

  private Posix() {}

  private static MethodHandle call(String name, MemoryLayout... arguments) {
    return call(symbol(name), arguments);
  }

  private static MethodHandle call(MemorySegment symbol, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        symbol,
        FunctionDescriptor.of(JAVA_INT, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static MemorySegment symbol(String name) {
    return SYMBOLS.find(name).orElseThrow(() -> new IllegalStateException("no " + name + " here"));
  }

  /** Calls with the state first; the answer, or the error negated. */
  private static int invoke(MethodHandle function, Arena arena, Object... arguments) {
    MemorySegment state = arena.allocate(STATE);
    Object[] all = new Object[arguments.length + 1];
    all[0] = state;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    int answer = (int) called(function, all);
    return answer == -1 ? -(int) ERRNO.get(state, 0L) : answer;
  }

  private static Object called(MethodHandle function, Object[] arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the system could not be made", e);
    }
  }

  /** Becomes another program; returns only when that failed, with the error negated. */
  static int execve(byte[] path, List<byte[]> arguments, List<byte[]> environment, long mask) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment program = text(arena, path);
      MemorySegment words = texts(arena, arguments);
      MemorySegment variables = texts(arena, environment);
      long before = mask(arena, SIG_SETMASK, mask & ~NEVER_BLOCKED);
      int failed = invoke(EXECVE, arena, program, words, variables);
      mask(arena, SIG_SETMASK, before);
      return failed;
    }
  }

  /**
   * Starts another program in a process group of its own, with that mask of signals.
   *
   * @param terminal the descriptor of a terminal whose foreground the group has before the program
   *     runs, where the system can do that; negative for none
   * @return the process, or the error negated
   */
  static int spawn(
      byte[] path, List<byte[]> arguments, List<byte[]> environment, long mask, int terminal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, 8);
      invoke(ATTR_INIT, arena, attributes);
      invoke(ATTR_FLAGS, arena, attributes, (short) (SPAWN_SETPGROUP | SPAWN_SETSIGMASK));
      invoke(ATTR_GROUP, arena, attributes, 0);
      invoke(ATTR_MASK, arena, attributes, signals(arena, mask));
      MemorySegment actions = arena.allocate(ACTIONS_BYTES, 8);
      invoke(ACTIONS_INIT, arena, actions);
      if (terminal >= 0) {
        ACTIONS_FOREGROUND.ifPresent(add -> invoke(add, arena, actions, terminal));
      }
      MemorySegment pid = arena.allocate(JAVA_INT);
      int error =
          invoke(
              SPAWN,
              arena,
              pid,
              text(arena, path),
              actions,
              attributes,
              texts(arena, arguments),
              texts(arena, environment));
      invoke(ACTIONS_DESTROY, arena, actions);
      return error == 0 ? pid.get(JAVA_INT, 0) : -error;
    }
  }

  /** Lets no other file descriptor than the three standard ones pass to a program that is begun. */
  static void shareStandardStreamsOnly(Iterable<Integer> open) {
    try (Arena arena = Arena.ofConfined()) {
      boolean done =
          CLOSE_RANGE
              .map(range -> invoke(range, arena, FIRST_UNSHARED, -1, CLOSE_RANGE_CLOEXEC) == 0)
              .orElse(false);
      if (!done) {
        for (int descriptor : open) {
          if (descriptor >= FIRST_UNSHARED) {
            invoke(FCNTL, arena, descriptor, 2, 1);
          }
        }
      }
    }
  }

  /** Whether this process may execute what lies at the path; 0, or the error negated. */
  static int executable(byte[] path) {
    try (Arena arena = Arena.ofConfined()) {
      return invoke(ACCESS, arena, text(arena, path), X_OK);
    }
  }

  /** Sends a signal to a process, or to a whole group when the number is negative. */
  static int kill(int process, int signal) {
    try (Arena arena = Arena.ofConfined()) {
      return invoke(KILL, arena, process, signal);
    }
  }

  /** Waits until a child ends or stops, and leaves it to be collected; how, as {@code si_code}. */
  static int awaitChange(int child) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
      int failed = invoke(WAITID, arena, P_PID, child, info, WEXITED | WSTOPPED | WNOWAIT);
      return failed < 0 ? failed : info.get(JAVA_INT, SIGINFO_CODE);
    }
  }

  /** Collects that a child stopped; the signal that did it, 0 when it is not stopped any more. */
  static int collectStop(int child) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
      int failed = invoke(WAITID, arena, P_PID, child, info, WSTOPPED | WNOHANG);
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
      int failed = invoke(WAITPID, arena, child, status, 0);
      return failed < 0 ? failed : status.get(JAVA_INT, 0);
    }
  }

  static boolean isTerminal(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      return invoke(ISATTY, arena, descriptor) == 1;
    }
  }

  /** This process's group. */
  static int ownGroup() {
    try (Arena arena = Arena.ofConfined()) {
      return invoke(GETPGID, arena, 0);
    }
  }

  /** The group that a terminal's keys speak to. */
  static int foreground(int terminal) {
    try (Arena arena = Arena.ofConfined()) {
      return invoke(TCGETPGRP, arena, terminal);
    }
  }

  /** Gives a terminal to a group, which a group in the background may only with SIGTTOU blocked. */
  static int setForeground(int terminal, int group) {
    try (Arena arena = Arena.ofConfined()) {
      long before = mask(arena, SIG_BLOCK, 1L << (SIGTTOU - 1));
      int done = invoke(TCSETPGRP, arena, terminal, group);
      mask(arena, SIG_SETMASK, before);
      return done;
    }
  }

  /** Changes this thread's mask of signals; the one before. */
  private static long mask(Arena arena, int how, long mask) {
    MemorySegment before = arena.allocate(SIGNAL_SET_BYTES, 8);
    invoke(MASK, arena, how, signals(arena, mask), before);
    return before.get(JAVA_LONG, 0);
  }

  private static MemorySegment signals(Arena arena, long mask) {
    MemorySegment set = arena.allocate(SIGNAL_SET_BYTES, 8);
    set.set(JAVA_LONG, 0, mask);
    return set;
  }

  private static MemorySegment texts(Arena arena, List<byte[]> texts) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, text(arena, texts.get(i)));
    }
    return array;
  }

  private static MemorySegment text(Arena arena, byte[] text) {
    MemorySegment ended = arena.allocate(text.length + 1L);
    MemorySegment.copy(text, 0, ended, JAVA_BYTE, 0, text.length);
    return ended;
  }
}
