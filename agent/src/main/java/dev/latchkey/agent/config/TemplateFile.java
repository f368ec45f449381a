package dev.latchkey.agent.config;

import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.machine.OwnRights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What was found at the path of a template. Who may write a template decides what is in the file
 * that it makes. So it must be a plain file that neither everybody nor a foreign group may write;
 * who owns it or a directory above it could exchange it, and is not looked at, as with the rest of
 * the configuration: the operator names the path.
 */
sealed interface TemplateFile {

  /** Its text, at most as much as shows that it is too long. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, and compared by nobody
  record Text(byte[] bytes) implements TemplateFile {}

  /** It is not to be read. */
  record Refused(String why) implements TemplateFile {}

  /** Reads it. */
  static TemplateFile read(Path file) {
    return read(file, () -> {});
  }

  /**
   * Reads it, and looks before and after whether it is right: what was read is then what was looked
   * at. {@code meanwhile} runs before the second look.
   */
  static TemplateFile read(Path file, Runnable meanwhile) {
    try {
      Look before = Look.at(file);
      if (before.isWrong()) {
        return new Refused(file + before.wrong());
      }
      byte[] text = text(file);
      meanwhile.run();
      return before.equals(Look.at(file))
          ? new Text(text)
          : new Refused(file + " was changed just now; start again");
    } catch (NoSuchFileException absent) {
      return new Refused(file + " does not exist");
    } catch (IOException unreadable) {
      return new Refused(file + " cannot be read: " + unreadable.getClass().getSimpleName());
    }
  }

  private static byte[] text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(Template.MAX_TEXT + 1);
    }
  }

  /**
   * What the kernel says of it.
   *
   * @param identity which file it is, in which state
   * @param wrong why it is not to be read; empty where it is
   */
  record Look(Map<String, Object> identity, String wrong) {

    private static final int ROOT = 0;
    private static final int WRITABLE_BY_GROUP = 020;
    private static final int WRITABLE_BY_OTHERS = 02;

    static Look at(Path file) throws IOException {
      Map<String, Object> all =
          Files.readAttributes(
              file,
              "unix:dev,ino,ctime,mode,gid,isSymbolicLink,isRegularFile",
              LinkOption.NOFOLLOW_LINKS);
      return new Look(all, wrong(all));
    }

    boolean isWrong() {
      return !wrong.isEmpty();
    }

    private static String wrong(Map<String, Object> all) {
      if (Boolean.TRUE.equals(all.get("isSymbolicLink"))) {
        return " is a symlink, which is not followed; name the file itself";
      }
      if (!Boolean.TRUE.equals(all.get("isRegularFile"))) {
        return " is no plain file";
      }
      int mode = number(all, "mode");
      int group = number(all, "gid");
      if ((mode & WRITABLE_BY_OTHERS) != 0) {
        return " may be written by everybody; take that away (chmod o-w)";
      }
      boolean foreign = group != ROOT && !OwnRights.read().isIn(group);
      return foreign && (mode & WRITABLE_BY_GROUP) != 0
          ? " may be written by the group "
              + Integer.toUnsignedString(group)
              + "; take that away (chmod g-w)"
          : "";
    }

    private static int number(Map<String, Object> all, String name) {
      return (Integer) Objects.requireNonNull(all.get(name), name);
    }
  }
}
