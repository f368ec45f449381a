package dev.latchkey.agent.crypto;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Mac;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.mac.HmacKey;
import com.google.crypto.tink.util.SecretBytes;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.security.GeneralSecurityException;

/**
 * HMAC-SHA-256 under a key of the agent's own, held sealed beside the callers' keyrings under a
 * name that no caller's keyring can have.
 */
public final class TinkAuthenticator implements Authenticator {

  /** The key of the audit chain. */
  public static final String AUDIT = "internal:audit";

  /** The key of the digests of values that are not kept. */
  public static final String VERSIONS = "internal:versions";

  private final Mac mac;

  private TinkAuthenticator(KeysetHandle keyset) throws GeneralSecurityException {
    this.mac = keyset.getPrimitive(RegistryConfiguration.get(), Mac.class);
  }

  /** Whether {@code name} is that of a key of the agent's own. */
  static boolean isInternal(String name) {
    return name.startsWith("internal:");
  }

  /**
   * Reads the key {@code name}; makes and keeps it when there is none. Called on the store's
   * thread.
   */
  public static TinkAuthenticator open(
      Transaction transaction, KeyringStore store, Sealer sealer, String name) {
    byte[] sealed = store.all(transaction).get(name);
    try {
      if (sealed != null) {
        return new TinkAuthenticator(TinkKeysets.open(sealed, name, sealer));
      }
      KeysetHandle made =
          KeysetHandle.newBuilder()
              .addEntry(
                  KeysetHandle.generateEntryFromParameters(TinkKeysets.HMAC_SHA_256)
                      .withRandomId()
                      .makePrimary())
              .build();
      store.save(transaction, name, TinkKeysets.seal(made, name, sealer));
      return new TinkAuthenticator(made);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA-256 is not to be had", e);
    }
  }

  /** An authenticator of a key given as 32 bytes. */
  @AccessesPartialKey
  public static TinkAuthenticator of(SecretValue key) {
    try {
      SecretBytes bytes = key.read(raw -> SecretBytes.copyFrom(raw, InsecureSecretKeyAccess.get()));
      HmacKey hmac =
          HmacKey.builder().setParameters(TinkKeysets.HMAC_SHA_256).setKeyBytes(bytes).build();
      return new TinkAuthenticator(
          KeysetHandle.newBuilder()
              .addEntry(KeysetHandle.importKey(hmac).withFixedId(1).makePrimary())
              .build());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA-256 is not to be had", e);
    }
  }

  @Override
  public byte[] tag(byte[] bytes) {
    try {
      return mac.computeMac(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA-256 is not to be had", e);
    }
  }
}
