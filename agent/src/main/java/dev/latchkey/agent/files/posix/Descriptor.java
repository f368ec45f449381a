package dev.latchkey.agent.files.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * An open file. What passes through its buffers is wiped. Owns the number.
 *
 * @param path where it is or is to be; for messages
 */
record Descriptor(int number, Path path) implements AutoCloseable {

  private static final int CHUNK = 64 * 1024;

  /** Writes all. */
  void write(byte[] bytes) throws PosixFault {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.clamp(bytes.length, 1, CHUNK));
      try {
        int done = 0;
        while (done < bytes.length) {
          int next = Math.min(bytes.length - done, CHUNK);
          MemorySegment.copy(bytes, done, buffer, ValueLayout.JAVA_BYTE, 0, next);
          done += Libc.write(number, buffer.asSlice(0, next), path);
        }
      } finally {
        buffer.fill((byte) 0);
      }
    }
  }

  /** Whether the rest of the file is exactly this. */
  boolean holds(byte[] bytes) throws PosixFault {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(CHUNK);
      try {
        int done = 0;
        while (true) {
          int length = Libc.read(number, buffer, path);
          if (length == 0) {
            return done == bytes.length;
          }
          if (length > bytes.length - done || !same(buffer, bytes, done, length)) {
            return false;
          }
          done += length;
        }
      } finally {
        buffer.fill((byte) 0);
      }
    }
  }

  private static boolean same(MemorySegment buffer, byte[] bytes, int from, int length) {
    return buffer.asSlice(0, length).mismatch(MemorySegment.ofArray(bytes).asSlice(from, length))
        == -1;
  }

  FileStat stat() throws PosixFault {
    return FileStat.of(number, "", Flags.AT_EMPTY_PATH, path);
  }

  void sync() throws PosixFault {
    Libc.fsync(number, path);
  }

  @Override
  public void close() {
    Libc.close(number);
  }
}
