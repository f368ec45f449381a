package dev.latchkey.cli.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

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

/** How functions of the C library are found and called, and what they are handed. */
@SuppressWarnings("restricted") // The launcher grants native access.
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");

  private Native() {}

  /** A function that answers an {@code int}. */
  static MethodHandle call(String name, MemoryLayout... arguments) {
    return find(name, arguments)
        .orElseThrow(() -> new IllegalStateException("no " + name + " here"));
  }

  /** The same, where the C library may be too old for it. */
  static Optional<MethodHandle> find(String name, MemoryLayout... arguments) {
    FunctionDescriptor described = FunctionDescriptor.of(JAVA_INT, arguments);
    return SYMBOLS.find(name).map(at -> LINKER.downcallHandle(at, described, KEEP_ERRNO));
  }

  /** A function that answers something else, or takes a varying number of arguments. */
  static MethodHandle call(String name, FunctionDescriptor described, Linker.Option... options) {
    Linker.Option[] all = java.util.Arrays.copyOf(options, options.length + 1);
    all[options.length] = KEEP_ERRNO;
    return LINKER.downcallHandle(SYMBOLS.find(name).orElseThrow(), described, all);
  }

  /** Where a function lies, for the system to call it. */
  static long address(String name) {
    return SYMBOLS.find(name).orElseThrow().address();
  }

  /** Calls; the answer, or the error negated. */
  static int invoke(MethodHandle function, Arena arena, Object... arguments) {
    MemorySegment state = arena.allocate(STATE);
    int answer = (int) called(function, state, arguments);
    return answer == -1 ? -(int) ERRNO.get(state, 0L) : answer;
  }

  /** Calls what does not answer an {@code int}. */
  static Object answer(MethodHandle function, Arena arena, Object... arguments) {
    return called(function, arena.allocate(STATE), arguments);
  }

  private static Object called(MethodHandle function, MemorySegment state, Object[] arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = state;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    try {
      return function.invokeWithArguments(all);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the system could not be made", e);
    }
  }

  /** An array of texts, ended as {@code execve} wants it. */
  static MemorySegment texts(Arena arena, List<byte[]> texts) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, text(arena, texts.get(i)));
    }
    return array;
  }

  /** One text, ended by a zero byte. */
  static MemorySegment text(Arena arena, byte[] text) {
    MemorySegment ended = arena.allocate(text.length + 1L);
    MemorySegment.copy(text, 0, ended, JAVA_BYTE, 0, text.length);
    return ended;
  }
}
