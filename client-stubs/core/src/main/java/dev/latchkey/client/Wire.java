package dev.latchkey.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import dev.latchkey.v1.DecryptItem;
import dev.latchkey.v1.DecryptResult;
import dev.latchkey.v1.EncryptItem;
import dev.latchkey.v1.EncryptResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Turns messages of the contract into the client's values and back. Pure. */
final class Wire {

  private Wire() {}

  /** Refuses a message without a valid state by {@link IllegalArgumentException}. */
  static Credential credential(dev.latchkey.v1.Credential message) {
    Credential.Builder credential =
        Credential.builder(message.getName(), state(message.getState()))
            .backendVersion(message.getBackendVersion())
            .renewable(message.getRenewable())
            .freshness(message.getStale(), duration(message.getAge()))
            .rolledBackFrom(message.getRolledBackFrom());
    message.getFieldsMap().forEach((name, value) -> credential.bytes(name, value.toByteArray()));
    if (message.hasIssuedAt()) {
      credential.issuedAt(instant(message.getIssuedAt()));
    }
    if (message.hasExpiresAt()) {
      credential.expiresAt(instant(message.getExpiresAt()));
    }
    if (message.hasPreviousValidUntil()) {
      credential.previousValidUntilAt(instant(message.getPreviousValidUntil()));
    }
    if (message.hasMaxStale()) {
      credential.maxStale(duration(message.getMaxStale()));
    }
    return credential.build();
  }

  static SecretSummary summary(dev.latchkey.v1.SecretSummary message) {
    return new SecretSummary(
        message.getName(),
        message.hasState() ? Optional.of(state(message.getState())) : Optional.empty(),
        message.getBackendVersion(),
        message.getBackend(),
        message.getKind(),
        message.getRequired(),
        message.getStale(),
        message.hasIssuedAt() ? Optional.of(instant(message.getIssuedAt())) : Optional.empty(),
        message.hasExpiresAt() ? Optional.of(instant(message.getExpiresAt())) : Optional.empty(),
        message.getFieldNamesList());
  }

  static StateId state(dev.latchkey.v1.StateId message) {
    return new StateId(message.getEpoch(), message.getVersion(), message.getRevision());
  }

  static dev.latchkey.v1.StateId state(StateId state) {
    return dev.latchkey.v1.StateId.newBuilder()
        .setEpoch(state.epoch())
        .setVersion(state.version())
        .setRevision(state.revision())
        .build();
  }

  static EncryptItem encryptItem(CipherInput input) {
    return EncryptItem.newBuilder()
        .setPlaintext(bytes(input.bytes()))
        .setAssociatedData(bytes(input.associatedData()))
        .build();
  }

  static DecryptItem decryptItem(CipherInput input) {
    return DecryptItem.newBuilder()
        .setCiphertext(bytes(input.bytes()))
        .setAssociatedData(bytes(input.associatedData()))
        .build();
  }

  static CipherOutput encrypted(EncryptResult result) {
    return new CipherOutput(
        result.getCiphertext().toByteArray(),
        Integer.toUnsignedLong(result.getKeyId()),
        result.getKeyVersion());
  }

  static Outcome<CipherOutput> decrypted(DecryptResult result) {
    if (result.hasFailure()) {
      return new Outcome.Failed<>(Failures.from(result.getFailure()));
    }
    return new Outcome.Done<>(
        new CipherOutput(
            result.getPlaintext().toByteArray(),
            Integer.toUnsignedLong(result.getKeyId()),
            result.getKeyVersion()));
  }

  static Duration duration(com.google.protobuf.Duration message) {
    return Duration.ofSeconds(message.getSeconds(), message.getNanos());
  }

  static com.google.protobuf.Duration duration(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  private static Instant instant(Timestamp message) {
    return Instant.ofEpochSecond(message.getSeconds(), message.getNanos());
  }

  /** The array is a copy already, so it need not be copied again. */
  private static ByteString bytes(byte[] copy) {
    return UnsafeByteOperations.unsafeWrap(copy);
  }
}
