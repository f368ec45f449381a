package dev.latchkey.agent.rpc;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.v1.Credential;
import io.grpc.MethodDescriptor;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Makes the bytes of {@code GetSecretResponse} for a held state.
 *
 * <p>What does not change while a state is held is encoded once and kept, by the identity of the
 * state, in one of a few slots; {@code stale} and {@code age} follow behind it, since Protocol
 * Buffers let the fields of a message come in any order. Safe for use by several threads.
 */
final class CredentialEncoder implements MethodDescriptor.Marshaller<EncodedAnswer> {

  private static final int SLOTS = 256;

  /** Larger secrets are encoded anew each time, so that the kept copies take at most 1 MiB. */
  private static final int LARGEST_KEPT = 4096;

  /** {@code credential}, the first field of the response, length-delimited. */
  private static final int CREDENTIAL_TAG = 1 << 3 | 2;

  private static final int STALE_TAG = Credential.STALE_FIELD_NUMBER << 3;
  private static final int AGE_TAG = Credential.AGE_FIELD_NUMBER << 3 | 2;
  private static final int SECONDS_TAG = 1 << 3;
  private static final int NANOS_TAG = 2 << 3;

  /**
   * A tag and a length; stale; an age with its tag, its length, and numbers of at most ten and five
   * bytes.
   */
  private static final int LONGEST_OWN = 6 + 2 + 2 + 11 + 6;

  private final AtomicReferenceArray<@Nullable Kept> kept = new AtomicReferenceArray<>(SLOTS);

  /** The whole credential. */
  EncodedAnswer encode(Held held, Instant now) {
    return around(constant(held), held, now);
  }

  /** The credential with some of its fields. */
  EncodedAnswer encode(Held held, Instant now, Wire.Fields fields) {
    return around(Wire.constant(held, fields).build().toByteArray(), held, now);
  }

  private byte[] constant(Held held) {
    SecretState state = held.state();
    int slot = state.name().hashCode() & (SLOTS - 1);
    Kept found = kept.get(slot);
    if (found != null && found.isOf(held)) {
      return found.bytes;
    }
    byte[] bytes = Wire.constant(held, Wire.Fields.ALL).build().toByteArray();
    if (bytes.length <= LARGEST_KEPT) {
      kept.set(slot, new Kept(state, held.maxStale(), bytes));
    }
    return bytes;
  }

  private static EncodedAnswer around(byte[] shared, Held held, Instant now) {
    Duration age = held.age(now);
    int ageLength = 2 + varintLength(age.getSeconds()) + varintLength(age.getNano());
    int tailLength = (held.stale() ? 2 : 0) + 2 + ageLength;
    byte[] own = new byte[LONGEST_OWN];
    own[0] = (byte) CREDENTIAL_TAG;
    int head = writeVarint(own, 1, shared.length + tailLength);
    int at = head;
    if (held.stale()) {
      own[at++] = (byte) STALE_TAG;
      own[at++] = 1;
    }
    own[at++] = (byte) AGE_TAG;
    own[at++] = (byte) ageLength;
    own[at++] = (byte) SECONDS_TAG;
    at = writeVarint(own, at, age.getSeconds());
    own[at++] = (byte) NANOS_TAG;
    return new EncodedAnswer(own, head, writeVarint(own, at, age.getNano()), shared);
  }

  private static int varintLength(long value) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }

  private static int writeVarint(byte[] target, int from, long value) {
    int at = from;
    long left = value;
    while ((left & ~0x7fL) != 0) {
      target[at++] = (byte) ((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    target[at++] = (byte) left;
    return at;
  }

  @Override
  public InputStream stream(EncodedAnswer value) {
    return value;
  }

  @Override
  public EncodedAnswer parse(InputStream stream) {
    throw new UnsupportedOperationException("the agent sends credentials and receives none");
  }

  /**
   * The bytes of one state, told apart by identity: a state is immutable, and comparing it would
   * read its values.
   */
  private static final class Kept {

    private final SecretState state;
    private final Duration maxStale;
    private final byte[] bytes;

    Kept(SecretState state, Duration maxStale, byte[] bytes) {
      this.state = state;
      this.maxStale = maxStale;
      this.bytes = bytes;
    }

    @SuppressWarnings("ReferenceEquality") // identity is what is asked
    boolean isOf(Held held) {
      return state == held.state() && maxStale.equals(held.maxStale());
    }
  }
}
