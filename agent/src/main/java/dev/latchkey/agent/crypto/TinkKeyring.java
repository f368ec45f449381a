package dev.latchkey.agent.crypto;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** One keyring: its keys in the order in which they came; the newest encrypts. Immutable. */
final class TinkKeyring {

  private static final int PREFIX_LENGTH = 5;

  private final KeysetHandle keyset;
  private final Aead aead;
  private final Map<Integer, Integer> versions;

  private TinkKeyring(KeysetHandle keyset) throws GeneralSecurityException {
    this.keyset = keyset;
    this.aead = keyset.getPrimitive(RegistryConfiguration.get(), Aead.class);
    Map<Integer, Integer> places = new HashMap<>();
    for (int index = 0; index < keyset.size(); index++) {
      places.put(keyset.getAt(index).getId(), index + 1);
    }
    this.versions = Map.copyOf(places);
  }

  /** A keyring with one new key. */
  static TinkKeyring create() {
    return built(KeysetHandle.newBuilder());
  }

  static TinkKeyring open(byte[] sealed, String name, Sealer sealer) {
    try {
      return new TinkKeyring(TinkKeysets.open(sealed, name, sealer));
    } catch (GeneralSecurityException e) {
      throw SecretException.of(Reason.INTERNAL, "keyring " + name + " cannot be read", e);
    }
  }

  byte[] seal(String name, Sealer sealer) {
    return TinkKeysets.seal(keyset, name, sealer);
  }

  /** The same keys and a new one that encrypts. */
  TinkKeyring rotated() {
    return built(KeysetHandle.newBuilder(keyset));
  }

  /** How many keys it has. */
  int keys() {
    return keyset.size();
  }

  /** The key that encrypts. */
  Keyrings.KeyVersion newest() {
    return version(keyset.getPrimary().getId());
  }

  Keyrings.Encrypted encrypt(Keyrings.Plain item) {
    try {
      byte[] ciphertext =
          item.associatedData()
              .read(data -> item.plaintext().read(plaintext -> encrypt(plaintext, data)));
      return new Keyrings.Encrypted(ciphertext, newest());
    } catch (IllegalStateException e) {
      throw SecretException.of(Reason.INTERNAL, "an item could not be encrypted", e);
    }
  }

  Keyrings.Decrypted decrypt(Keyrings.Sealed item) {
    byte[] ciphertext = item.ciphertext();
    byte[] plaintext = new byte[0];
    try {
      plaintext = item.associatedData().read(data -> decrypt(ciphertext, data));
      // Tink opens a keyring's ciphertext only under the key id in front of it.
      int id = ByteBuffer.wrap(ciphertext, 1, PREFIX_LENGTH - 1).getInt();
      return new Keyrings.Decrypted.Opened(SecretValue.of(plaintext), version(id));
    } catch (IllegalStateException e) {
      return Keyrings.Decrypted.refused();
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  private byte[] encrypt(byte[] plaintext, byte[] associatedData) {
    try {
      return aead.encrypt(plaintext, associatedData);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] decrypt(byte[] ciphertext, byte[] associatedData) {
    try {
      return aead.decrypt(ciphertext, associatedData);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Keyrings.KeyVersion version(int keyId) {
    Integer version = versions.get(keyId);
    if (version == null) {
      throw new IllegalStateException("the keyring has no key of that id");
    }
    return new Keyrings.KeyVersion(keyId, version);
  }

  private static TinkKeyring built(KeysetHandle.Builder keys) {
    try {
      return new TinkKeyring(
          keys.addEntry(
                  KeysetHandle.generateEntryFromParameters(TinkKeysets.AES_256_GCM)
                      .withRandomId()
                      .makePrimary())
              .build());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is not to be had", e);
    }
  }
}
