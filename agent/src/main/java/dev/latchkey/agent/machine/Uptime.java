package dev.latchkey.agent.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.time.Duration;

/**
 * How long the machine has been up, suspended or not: the clock of the kernel's start times. It is
 * never set, and known also where {@code /proc/uptime} is hidden.
 */
@FunctionalInterface
public interface Uptime {

  /** The length of time since the machine started. */
  Duration read();

  /** By the kernel's word. */
  static Uptime system() {
    MethodHandle read =
        CLibrary.function("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    return () -> read(read);
  }

  private static Duration read(MethodHandle read) {
    final int sinceBoot = 7;
    long[] parts = new long[2];
    long failed =
        CLibrary.answer(
            (arena, state) -> {
              MemorySegment time = arena.allocate(JAVA_LONG, parts.length);
              int answer = (int) read.invokeExact(state, sinceBoot, time);
              parts[0] = time.getAtIndex(JAVA_LONG, 0);
              parts[1] = time.getAtIndex(JAVA_LONG, 1);
              return answer;
            });
    if (failed < 0) {
      throw new IllegalStateException("the kernel does not tell how long the machine is up");
    }
    return Duration.ofSeconds(parts[0], parts[1]);
  }
}
