package dev.latchkey.agent.reload.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.latchkey.agent.inject.ReloadFailed;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Starts a program as the first of a process group of its own: every signal at its default and none
 * blocked, input and output at {@code /dev/null}, and no other descriptor of the agent open. The
 * JDK's own way makes no group.
 */
final class Spawn {

  private static final Linker LINKER = Linker.nativeLinker();

  /** Larger than the structures of any C library. */
  private static final long OPAQUE = 1024;

  private static final short FLAGS = 0x02 | 0x04 | 0x08; // group, default signals, signal mask
  private static final int READ_AND_WRITE = 2;
  private static final int FIRST_OTHER = 3;

  private Spawn() {}

  /** What came of a start. */
  sealed interface Result {

    /** It runs. */
    record Started(int pid) implements Result {}

    /** It does not. */
    record Failed(int error) implements Result {}
  }

  /** Starts {@code argv}, whose first is a path, with exactly this environment. */
  static Result start(List<String> argv, List<String> environment) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(OPAQUE, 16);
      MemorySegment attributes = arena.allocate(OPAQUE, 16);
      must(pointer("posix_spawn_file_actions_init"), actions);
      must(pointer("posix_spawnattr_init"), attributes);
      try {
        actions(arena, actions);
        attributes(arena, attributes);
        return spawn(arena, argv, environment, actions, attributes);
      } finally {
        must(pointer("posix_spawn_file_actions_destroy"), actions);
        must(pointer("posix_spawnattr_destroy"), attributes);
      }
    }
  }

  private static void actions(Arena arena, MemorySegment actions) {
    MemorySegment nothing = arena.allocateFrom("/dev/null");
    must(
        handle("posix_spawn_file_actions_addopen", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
        actions,
        0,
        nothing,
        READ_AND_WRITE,
        0);
    MethodHandle copy = handle("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
    must(copy, actions, 0, 1);
    must(copy, actions, 0, 2);
    must(
        handle("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT),
        actions,
        FIRST_OTHER);
  }

  private static void attributes(Arena arena, MemorySegment attributes) {
    MemorySegment none = arena.allocate(OPAQUE, 16);
    MemorySegment all = arena.allocate(OPAQUE, 16);
    must(pointer("sigemptyset"), none);
    must(pointer("sigfillset"), all);
    must(handle("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT), attributes, FLAGS);
    must(handle("posix_spawnattr_setpgroup", ADDRESS, JAVA_INT), attributes, 0);
    must(handle("posix_spawnattr_setsigmask", ADDRESS, ADDRESS), attributes, none);
    must(handle("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS), attributes, all);
  }

  private static Result spawn(
      Arena arena,
      List<String> argv,
      List<String> environment,
      MemorySegment actions,
      MemorySegment attributes) {
    MemorySegment pid = arena.allocate(JAVA_INT);
    MethodHandle spawn =
        handle("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    int error =
        call(
            spawn,
            pid,
            arena.allocateFrom(argv.getFirst()),
            actions,
            attributes,
            texts(arena, argv),
            texts(arena, environment));
    return error == 0 ? new Result.Started(pid.get(JAVA_INT, 0)) : new Result.Failed(error);
  }

  private static MemorySegment texts(Arena arena, List<String> texts) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return array;
  }

  private static MethodHandle pointer(String name) {
    return handle(name, ADDRESS);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(String name, MemoryLayout... arguments) {
    MemorySegment function =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(
                () ->
                    new ReloadFailed(
                        "commands need the GNU C library 2.34 or later; reload by a signal"));
    return LINKER.downcallHandle(function, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static void must(MethodHandle function, Object... arguments) {
    int error = call(function, arguments);
    if (error != 0) {
      throw new ReloadFailed("a command could not be prepared (error " + error + ")");
    }
  }

  private static int call(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable impossible) {
      throw new IllegalStateException("a call of the C library could not be made", impossible);
    }
  }
}
