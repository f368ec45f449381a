package dev.latchkey.agent.audit;

import dev.latchkey.agent.crypto.Authenticator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The arithmetic of the chain, under the audit key.
 *
 * <p>tag = HMAC("latchkey audit record v1" ‖ record) says that a record is the agent's; mac =
 * HMAC("latchkey audit link v1" ‖ mac before ‖ tag) says that it stands where it was written. The
 * record holds its own sequence, so one that was moved is told apart from one that was changed.
 * Before the first link the mac is 32 zeroes. Pure functions.
 */
final class AuditChain {

  private static final byte[] RECORD = bytes("latchkey audit record v1");
  private static final byte[] LINK = bytes("latchkey audit link v1");

  private final Authenticator key;

  AuditChain(Authenticator key) {
    this.key = key;
  }

  /** The head of an empty chain. */
  static Head start() {
    return new Head(0, new byte[Authenticator.TAG_LENGTH]);
  }

  /** The link that {@code entry} becomes after {@code head}; their sequences must follow. */
  AuditStore.Link link(Head head, AuditEntry entry) {
    if (entry.sequence() != head.count() + 1) {
      throw new IllegalArgumentException("an entry follows the head of the chain");
    }
    byte[] record = AuditCodec.encode(entry);
    byte[] tag = tag(record);
    return new AuditStore.Link(entry.sequence(), record, tag, mac(head.mac(), tag));
  }

  /** Whether the record is one that the agent wrote, at whatever place. */
  boolean isOurs(AuditStore.Link link) {
    return MessageDigest.isEqual(tag(link.record()), link.tag());
  }

  /** Whether the link follows the one whose mac is {@code previous}. */
  boolean follows(byte[] previous, AuditStore.Link link) {
    return MessageDigest.isEqual(mac(previous, link.tag()), link.mac());
  }

  private byte[] tag(byte[] record) {
    return key.tag(
        ByteBuffer.allocate(RECORD.length + record.length).put(RECORD).put(record).array());
  }

  private byte[] mac(byte[] previous, byte[] tag) {
    return key.tag(
        ByteBuffer.allocate(LINK.length + previous.length + tag.length)
            .put(LINK)
            .put(previous)
            .put(tag)
            .array());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Where the chain ends; kept sealed, so that what is cut off is missed.
   *
   * @param count how many links there are
   * @param mac the mac of the last one
   */
  @SuppressWarnings("ArrayRecordComponent") // compared in constant time, never by equals
  record Head(long count, byte[] mac) {

    byte[] encode() {
      return ByteBuffer.allocate(Long.BYTES + mac.length).putLong(count).put(mac).array();
    }

    static Head decode(byte[] bytes) {
      if (bytes.length != Long.BYTES + Authenticator.TAG_LENGTH) {
        throw new IllegalArgumentException("a head of an audit chain has another length");
      }
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      long count = buffer.getLong();
      byte[] mac = new byte[Authenticator.TAG_LENGTH];
      buffer.get(mac);
      return new Head(count, mac);
    }
  }
}
