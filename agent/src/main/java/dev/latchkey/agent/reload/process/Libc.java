package dev.latchkey.agent.reload.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The few calls of the C library; a failure is the negative error number. */
final class Libc {

  /** The same numbers on every machine, as for all calls since Linux 5.0. */
  private static final long PIDFD_SEND_SIGNAL = 424;

  private static final long PIDFD_OPEN = 434;

  private static final short READABLE = 1;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CAPTURED.varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle SYSCALL =
      captured(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle POLL =
      captured("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle KILL =
      captured("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle WAITPID =
      captured("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CLOSE =
      captured("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private Libc() {}

  @SuppressWarnings("restricted")
  private static MethodHandle captured(String name, FunctionDescriptor shape) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), shape, Linker.Option.captureCallState("errno"));
  }

  private interface Call {
    long by(MemorySegment state) throws Throwable;
  }

  private static long answer(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CAPTURED);
      long answer = call.by(state);
      return answer >= 0 ? answer : -(int) ERRNO.get(state, 0L);
    } catch (Throwable impossible) {
      throw new IllegalStateException("a call of the C library could not be made", impossible);
    }
  }

  static long pidfdOpen(long pid) {
    return answer(state -> (long) SYSCALL.invokeExact(state, PIDFD_OPEN, pid, 0L, 0L, 0L));
  }

  static long pidfdSignal(int descriptor, int signal) {
    return answer(
        state ->
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
      return answer(state -> (int) POLL.invokeExact(state, one, 1L, millis)) > 0;
    }
  }

  static void killGroup(int group, int signal) {
    long _ = answer(state -> (int) KILL.invokeExact(state, -group, signal));
  }

  /** Waits for the end of a child, and answers how it ended. */
  static int collect(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(JAVA_INT);
      long collected = -1;
      while (collected < 0) {
        collected = answer(state -> (int) WAITPID.invokeExact(state, pid, status, 0));
        if (collected < 0 && collected != -4) {
          throw new IllegalStateException("a child was collected by somebody else");
        }
      }
      return status.get(JAVA_INT, 0);
    }
  }

  static void close(int descriptor) {
    long _ = answer(state -> (int) CLOSE.invokeExact(state, descriptor));
  }
}
