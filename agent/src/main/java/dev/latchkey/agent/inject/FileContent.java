package dev.latchkey.agent.inject;

import java.security.MessageDigest;

/**
 * One file to write: its name inside a set, and its bytes.
 *
 * <p>The bytes are a secret and are not copied: whoever makes a content owns its array, changes
 * nothing in it while a write is under way, and may wipe it afterwards.
 *
 * @param name a plain file name, without a directory
 */
@SuppressWarnings("ArrayRecordComponent") // not copied, so that its owner can wipe it
public record FileContent(String name, byte[] bytes) {

  /** The longest name that Linux takes, in characters that are one byte each. */
  private static final int LONGEST = 255;

  /** Refuses what is no plain name. */
  public FileContent {
    if (name.isEmpty()
        || name.length() > LONGEST
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not a plain file name: " + name);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileContent that
        && name.equals(that.name)
        && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "FileContent[" + name + ", redacted]";
  }
}
