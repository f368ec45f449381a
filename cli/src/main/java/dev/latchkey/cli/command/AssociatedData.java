package dev.latchkey.cli.command;

import com.google.protobuf.ByteString;

/** Reads associated data, which is no secret and may stand on the command line. */
final class AssociatedData {
  private AssociatedData() {}

  /** The bytes of the text, or of the file that {@code @} names. */
  static ByteString read(String given, Input input) {
    return given.startsWith("@")
        ? ByteString.copyFrom(input.file(given.substring(1)))
        : ByteString.copyFromUtf8(given);
  }
}
