package dev.latchkey.agent.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.stream.Stream;

/** Calls functions of the C library that tell why they failed by errno. */
public final class CLibrary {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
  private static final int INTERRUPTED = 4;

  private CLibrary() {}

  /** A function of this name; its handle takes where errno goes before its own arguments. */
  @SuppressWarnings("restricted") // the packaged command line enables native access
  public static MethodHandle function(
      String name, FunctionDescriptor shape, Linker.Option... options) {
    return LINKER.downcallHandle(
        LIBRARY.findOrThrow(name),
        shape,
        Stream.concat(Stream.of(Linker.Option.captureCallState("errno")), Arrays.stream(options))
            .toArray(Linker.Option[]::new));
  }

  /**
   * Makes a call, again as long as a signal interrupts it.
   *
   * @return what it answered; the negative errno where that was -1
   */
  public static long answer(Call call) {
    long answer = once(call);
    while (answer == -INTERRUPTED) {
      answer = once(call);
    }
    return answer;
  }

  /** Makes a call that must not be made again, whatever it answers; else as {@link #answer}. */
  public static long once(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long answer = call.by(arena, state);
      return answer == -1 ? -(int) ERRNO.get(state, 0L) : answer;
    } catch (Error error) {
      throw error;
    } catch (Throwable impossible) {
      throw new IllegalStateException("a call of the C library could not be made", impossible);
    }
  }

  /** One call of a method handle, with memory that lives as long as the call. */
  @FunctionalInterface
  public interface Call {
    long by(Arena arena, MemorySegment state) throws Throwable;
  }
}
