package dev.latchkey.agent.audit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * The bytes of an entry, which the chain covers and the store keeps. One entry has exactly one
 * form: format 1, sequence, seconds and nanoseconds, count, version, outcome, then five texts of
 * UTF-8 with their lengths in front; numbers are big-endian. A pure function; the form never
 * changes.
 */
final class AuditCodec {

  private static final int FORMAT = 1;

  private AuditCodec() {}

  static byte[] encode(AuditEntry entry) {
    AuditRecord record = entry.record();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(160);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(entry.sequence());
      Instant at = record.at();
      out.writeLong(at.getEpochSecond());
      out.writeInt(at.getNano());
      out.writeLong(entry.count());
      out.writeLong(record.version());
      out.writeByte(code(record.outcome()));
      text(out, record.actor());
      text(out, record.operation());
      text(out, record.secret());
      text(out, record.detail());
      text(out, record.traceId());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /** Takes {@link #encode}'s bytes apart; IllegalArgumentException for any others. */
  static AuditEntry decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readByte() != FORMAT) {
        throw new IllegalArgumentException("an unknown format of audit record");
      }
      long sequence = in.readLong();
      Instant at = Instant.ofEpochSecond(in.readLong(), in.readInt());
      long count = in.readLong();
      long version = in.readLong();
      AuditRecord.Outcome outcome = outcome(in.readByte());
      AuditRecord record =
          new AuditRecord(at, text(in), text(in), text(in), version, outcome, text(in), text(in));
      if (in.available() > 0) {
        throw new IllegalArgumentException("an audit record is too long");
      }
      return new AuditEntry(sequence, record, count);
    } catch (IOException | DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("an audit record is cut short or malformed", e);
    }
  }

  private static int code(AuditRecord.Outcome outcome) {
    return switch (outcome) {
      case GRANTED -> 1;
      case DENIED -> 2;
      case DONE -> 3;
      case FAILED -> 4;
    };
  }

  private static AuditRecord.Outcome outcome(int code) {
    for (AuditRecord.Outcome outcome : AuditRecord.Outcome.values()) {
      if (code(outcome) == code) {
        return outcome;
      }
    }
    throw new IllegalArgumentException("an unknown outcome of an audit record");
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IllegalArgumentException("a text of an audit record is longer than the record");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
