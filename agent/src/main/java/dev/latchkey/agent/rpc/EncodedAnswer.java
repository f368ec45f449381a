package dev.latchkey.agent.rpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A message that is already bytes: a part shared by many answers between a short head and a short
 * tail of its own. Used once.
 *
 * <p>gRPC drains it straight into its frame; reading it byte by byte works too.
 *
 * @implNote {@code own} holds the head, then the tail.
 */
final class EncodedAnswer extends InputStream implements KnownLength, Drainable {

  private final byte[] own;
  private final int headLength;
  private final byte[] shared;
  private final int length;
  private int position;

  EncodedAnswer(byte[] own, int headLength, int ownLength, byte[] shared) {
    this.own = own;
    this.headLength = headLength;
    this.shared = shared;
    this.length = ownLength + shared.length;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    if (position != 0) {
      return (int) transferTo(target);
    }
    target.write(own, 0, headLength);
    target.write(shared, 0, shared.length);
    target.write(own, headLength, length - shared.length - headLength);
    position = length;
    return length;
  }

  @Override
  public int available() {
    return length - position;
  }

  @Override
  public int read() {
    if (position == length) {
      return -1;
    }
    int at = position++;
    if (at < headLength) {
      return own[at] & 0xff;
    }
    int inShared = at - headLength;
    return (inShared < shared.length ? shared[inShared] : own[at - shared.length]) & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int count) {
    int taken = 0;
    for (int next = 0; taken < count && (next = read()) >= 0; taken++) {
      target[offset + taken] = (byte) next;
    }
    return taken == 0 && count > 0 ? -1 : taken;
  }
}
