package dev.latchkey.agent.reload.process;

import dev.latchkey.agent.inject.ReloadFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a pid file said when it was read.
 *
 * @param inode which file it was, so that one put in its place is told from it
 * @param uid who owns it
 */
record PidFile(long pid, long inode, int uid, Instant writtenAt) {

  private static final int LONGEST = 64;
  private static final int WRITABLE_BY_OTHERS = 02;

  /**
   * Reads it.
   *
   * @return empty when there is none
   * @throws ReloadFailed when it is not to be trusted, or holds no number
   */
  static Optional<PidFile> read(Path path) {
    try {
      Map<String, Object> all =
          Files.readAttributes(
              path, "unix:ino,uid,mode,isRegularFile,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
      if (!of(all, "isRegularFile", Boolean.class)) {
        throw new ReloadFailed(path + " is no plain file; name the pid file itself");
      }
      if ((of(all, "mode", Integer.class) & WRITABLE_BY_OTHERS) != 0) {
        throw new ReloadFailed(path + " may be written by everybody; take that away");
      }
      return Optional.of(
          new PidFile(
              number(path),
              of(all, "ino", Long.class),
              of(all, "uid", Integer.class),
              of(all, "lastModifiedTime", FileTime.class).toInstant()));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException unreadable) {
      throw new ReloadFailed(path + " cannot be read: " + unreadable.getClass().getSimpleName());
    }
  }

  private static <T> T of(Map<String, Object> all, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(all.get(name), name));
  }

  private static long number(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      String text = new String(in.readNBytes(LONGEST), StandardCharsets.US_ASCII).strip();
      if (!text.matches("[1-9][0-9]{0,9}") || text.equals("1")) {
        throw new ReloadFailed(path + " holds no number of a process beyond the first");
      }
      return Long.parseLong(text);
    }
  }
}
