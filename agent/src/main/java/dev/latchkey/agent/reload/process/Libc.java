package dev.latchkey.agent.reload.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.latchkey.agent.machine.CLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;

/** The few calls of the C library; a failure is the negative error number. */
final class Libc {

  /** The same numbers on every machine, as for all calls since Linux 5.0. */
  private static final long PIDFD_SEND_SIGNAL = 424;

  private static final long PIDFD_OPEN = 434;

  private static final short READABLE = 1;
  private static final int WITHOUT_WAITING = 1;
  private static final MethodHandle SYSCALL =
      CLibrary.function(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle POLL =
      CLibrary.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle KILL =
      CLibrary.function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle WAITPID =
      CLibrary.function("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CLOSE =
      CLibrary.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private Libc() {}

  static long pidfdOpen(long pid) {
    return CLibrary.answer(
        (arena, state) -> (long) SYSCALL.invokeExact(state, PIDFD_OPEN, pid, 0L, 0L, 0L));
  }

  static long pidfdSignal(int descriptor, int signal) {
    return CLibrary.answer(
        (arena, state) ->
            (long)
                SYSCALL.invokeExact(
                    state, PIDFD_SEND_SIGNAL, (long) descriptor, (long) signal, 0L, 0L));
  }

  /** Whether {@code descriptor} can be read within {@code millis}; false also when interrupted. */
  static boolean pollReadable(int descriptor, int millis) {
    MemoryLayout layout = MemoryLayout.structLayout(JAVA_INT, JAVA_SHORT, ValueLayout.JAVA_SHORT);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(layout);
      one.set(JAVA_INT, 0, descriptor);
      one.set(JAVA_SHORT, 4, READABLE);
      return CLibrary.once((calls, state) -> (int) POLL.invokeExact(state, one, 1L, millis)) > 0;
    }
  }

  static void killGroup(int group, int signal) {
    long _ = CLibrary.answer((arena, state) -> (int) KILL.invokeExact(state, -group, signal));
  }

  /** How a child ended, which is answered once; empty while it runs. Never waits. */
  static OptionalInt collect(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(JAVA_INT);
      long collected =
          CLibrary.answer(
              (calls, state) -> (int) WAITPID.invokeExact(state, pid, status, WITHOUT_WAITING));
      if (collected < 0) {
        throw new IllegalStateException("a child was collected by somebody else");
      }
      return collected == 0 ? OptionalInt.empty() : OptionalInt.of(status.get(JAVA_INT, 0));
    }
  }

  /** Lets the time pass, also where the thread is interrupted. */
  static void pause(int millis) {
    long _ =
        CLibrary.once(
            (arena, state) -> (int) POLL.invokeExact(state, MemorySegment.NULL, 0L, millis));
  }

  static void close(int descriptor) {
    long _ = CLibrary.once((arena, state) -> (int) CLOSE.invokeExact(state, descriptor));
  }
}
