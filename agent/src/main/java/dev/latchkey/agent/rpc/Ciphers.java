package dev.latchkey.agent.rpc;

import com.google.protobuf.ByteString;
import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.crypto.Keyrings;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.v1.DecryptRequest;
import dev.latchkey.v1.DecryptResponse;
import dev.latchkey.v1.DecryptResult;
import dev.latchkey.v1.EncryptRequest;
import dev.latchkey.v1.EncryptResponse;
import dev.latchkey.v1.EncryptResult;
import java.util.List;

/**
 * {@code Encrypt} and {@code Decrypt}: a batch of up to 16 KiB in all is worked on the event loop,
 * a larger one, or one for a keyring that a server keeps, on a virtual thread.
 */
final class Ciphers {

  private static final int MOST_ITEMS = 1000;
  private static final int LARGEST_ON_LOOP = 16 * 1024;
  private static final int LONGEST_KEYRING = 255;

  private final Gate gate;
  private final Keyrings keyrings;
  private final Refusals refusals;
  private final Surroundings surroundings;

  Ciphers(Capabilities capabilities, Gate gate, Refusals refusals, Surroundings surroundings) {
    this.gate = gate;
    this.keyrings = capabilities.keyrings();
    this.refusals = refusals;
    this.surroundings = surroundings;
  }

  void encrypt(EncryptRequest request, Reply<EncryptResponse> reply) {
    Gate.Asked asked = Gate.Asked.of(reply, "encrypt");
    check(request.getKeyring(), request.getItemsCount());
    gate.requireKeyring(asked, Operation.ENCRYPT, request.getKeyring());
    long bytes =
        request.getItemsList().stream()
            .mapToLong(item -> (long) item.getPlaintext().size() + item.getAssociatedData().size())
            .sum();
    where(bytes, request.getKeyring(), reply, () -> reply.answer(encrypted(request, asked)));
  }

  void decrypt(DecryptRequest request, Reply<DecryptResponse> reply) {
    Gate.Asked asked = Gate.Asked.of(reply, "decrypt");
    check(request.getKeyring(), request.getItemsCount());
    gate.requireKeyring(asked, Operation.DECRYPT, request.getKeyring());
    long bytes =
        request.getItemsList().stream()
            .mapToLong(item -> (long) item.getCiphertext().size() + item.getAssociatedData().size())
            .sum();
    where(bytes, request.getKeyring(), reply, () -> reply.answer(decrypted(request, asked)));
  }

  private void where(long bytes, String keyring, Reply<?> reply, Runnable work) {
    if (bytes <= LARGEST_ON_LOOP && !keyrings.blocks(keyring)) {
      work.run();
    } else {
      reply.attemptOn(surroundings.virtualThreads(), work);
    }
  }

  private static void check(String keyring, int items) {
    if (keyring.isEmpty() || keyring.length() > LONGEST_KEYRING) {
      throw SecretException.invalid("keyring", "must be a name of 1 to 255 characters");
    }
    if (items > MOST_ITEMS) {
      throw SecretException.invalid("items", "has " + items + " items; at most 1000 are allowed");
    }
  }

  private EncryptResponse encrypted(EncryptRequest request, Gate.Asked asked) {
    List<Keyrings.Plain> items =
        request.getItemsList().stream()
            .map(
                item ->
                    new Keyrings.Plain(
                        Wire.value(item.getPlaintext()), Wire.value(item.getAssociatedData())))
            .toList();
    EncryptResponse.Builder response = EncryptResponse.newBuilder();
    try {
      granted(asked, request.getKeyring(), () -> keyrings.encrypt(request.getKeyring(), items))
          .forEach(done -> response.addResults(result(done)));
    } finally {
      items.forEach(item -> item.plaintext().destroy());
    }
    return response.build();
  }

  private static EncryptResult result(Keyrings.Encrypted done) {
    return EncryptResult.newBuilder()
        .setCiphertext(ByteString.copyFrom(done.ciphertext()))
        .setKeyId(done.key().keyId())
        .setKeyVersion(done.key().version())
        .build();
  }

  private DecryptResponse decrypted(DecryptRequest request, Gate.Asked asked) {
    List<Keyrings.Sealed> items =
        request.getItemsList().stream()
            .map(
                item ->
                    new Keyrings.Sealed(
                        item.getCiphertext().toByteArray(), Wire.value(item.getAssociatedData())))
            .toList();
    DecryptResponse.Builder response = DecryptResponse.newBuilder();
    granted(asked, request.getKeyring(), () -> keyrings.decrypt(request.getKeyring(), items))
        .forEach(done -> response.addResults(result(done)));
    return response.build();
  }

  private DecryptResult result(Keyrings.Decrypted done) {
    return switch (done) {
      case Keyrings.Decrypted.Opened opened -> {
        DecryptResult result =
            DecryptResult.newBuilder()
                .setPlaintext(Wire.bytes(opened.plaintext()))
                .setKeyId(opened.key().keyId())
                .setKeyVersion(opened.key().version())
                .build();
        opened.plaintext().destroy();
        yield result;
      }
      case Keyrings.Decrypted.Refused refused ->
          DecryptResult.newBuilder().setFailure(refusals.item(refused.why())).build();
    };
  }

  /** Works, then writes down that it was granted, before anything is given. */
  private <T> T granted(Gate.Asked asked, String keyring, java.util.function.Supplier<T> work) {
    T done;
    try {
      done = work.get();
    } catch (SecretException failure) {
      gate.failed(asked, keyring, failure);
      throw failure;
    }
    gate.granted(asked, keyring, 0);
    return done;
  }
}
