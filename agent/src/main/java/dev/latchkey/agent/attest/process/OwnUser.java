package dev.latchkey.agent.attest.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Which user this process runs as, by the kernel's word. */
public final class OwnUser {

  private OwnUser() {}

  /** The effective user id: the owner of this process's entry in {@code /proc}. */
  public static int uid() {
    return attribute("unix:uid");
  }

  /** The effective group id. */
  public static int gid() {
    return attribute("unix:gid");
  }

  private static int attribute(String name) {
    try {
      Path self = Path.of("/proc/self").toRealPath();
      return (Integer) Files.getAttribute(self, name, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException failed) {
      throw new UncheckedIOException("the own user could not be read from /proc", failed);
    }
  }
}
