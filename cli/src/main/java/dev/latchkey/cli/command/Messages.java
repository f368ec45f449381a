package dev.latchkey.cli.command;

import com.google.protobuf.Duration;

/** Makes the contract's well-known messages. */
final class Messages {
  private Messages() {}

  static Duration duration(java.time.Duration length) {
    return Duration.newBuilder().setSeconds(length.getSeconds()).setNanos(length.getNano()).build();
  }
}
