package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.machine.CLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Access lists (POSIX ACLs) as {@code setfacl} and {@code getfacl} would set and show them. */
final class DefaultAccess {

  private static final MethodHandle SETXATTR =
      CLibrary.function(
          "setxattr",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
  private static final MethodHandle GETXATTR =
      CLibrary.function(
          "getxattr",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG));

  private static final int VERSION = 2;
  private static final int OWNER = 0x01;
  private static final int NAMED_USER = 0x02;
  private static final int GROUP = 0x04;
  private static final int MASK = 0x10;
  private static final int OTHERS = 0x20;
  private static final int NOBODY = -1;
  private static final int READ = 4;
  private static final int ALL = 7;

  private DefaultAccess() {}

  /** Lets a user read whatever will be made in a directory; answers whether that can be had. */
  static boolean letRead(Path directory, int uid) {
    ByteBuffer list = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN).putInt(VERSION);
    entry(list, OWNER, ALL, NOBODY);
    entry(list, NAMED_USER, READ, uid);
    entry(list, GROUP, READ, NOBODY);
    entry(list, MASK, ALL, NOBODY);
    entry(list, OTHERS, 0, NOBODY);
    return CLibrary.answer(
            (arena, state) -> {
              MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, list.array());
              return (int)
                  SETXATTR.invokeExact(
                      state,
                      arena.allocateFrom(directory.toString()),
                      arena.allocateFrom("system.posix_acl_default"),
                      bytes,
                      bytes.byteSize(),
                      0);
            })
        == 0;
  }

  private static void entry(ByteBuffer list, int tag, int rights, int id) {
    list.putShort((short) tag).putShort((short) rights).putInt(id);
  }

  /** Whether a list says more of a file than its mode, or of what will be made in a directory. */
  static boolean isOn(Path path, String which) {
    return CLibrary.answer(
            (arena, state) ->
                (long)
                    GETXATTR.invokeExact(
                        state,
                        arena.allocateFrom(path.toString()),
                        arena.allocateFrom("system.posix_acl_" + which),
                        MemorySegment.NULL,
                        0L))
        > 0;
  }
}
