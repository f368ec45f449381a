package dev.latchkey.agent.crypto;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.subtle.Hkdf;
import com.google.crypto.tink.util.SecretBytes;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * Seals with AES-256-GCM under a key that HKDF-SHA-256 makes from the state key, in Tink's wire
 * format; the place is the associated data. The key id in front is made from the state key too, so
 * that bytes of another state key are told apart before they are opened.
 */
public final class TinkSealer implements Sealer {

  private static final String KEY_INFO = "latchkey seal v1";
  private static final String ID_INFO = "latchkey seal id v1";

  private final Aead aead;

  /** Makes the sealer of {@code key}. */
  public TinkSealer(StateKey key) {
    this.aead = key.bytes().read(TinkSealer::aead);
  }

  @Override
  public byte[] seal(byte[] plaintext, String place) {
    try {
      return aead.encrypt(plaintext, associatedData(place));
    } catch (GeneralSecurityException e) {
      throw SecretException.of(Reason.INTERNAL, "a value could not be sealed", e);
    }
  }

  @Override
  public byte[] open(byte[] sealed, String place) {
    try {
      return aead.decrypt(sealed, associatedData(place));
    } catch (GeneralSecurityException e) {
      throw SecretException.of(
          Reason.INTERNAL,
          "what is stored at "
              + place
              + " cannot be opened: it was changed, or sealed under another state key",
          e);
    }
  }

  private static byte[] associatedData(String place) {
    return place.getBytes(StandardCharsets.UTF_8);
  }

  @AccessesPartialKey
  private static Aead aead(byte[] stateKey) {
    byte[] derived = new byte[0];
    try {
      derived = hkdf(stateKey, KEY_INFO, StateKey.LENGTH);
      int id = ByteBuffer.wrap(hkdf(stateKey, ID_INFO, Integer.BYTES)).getInt();
      AesGcmKey key =
          AesGcmKey.builder()
              .setParameters(TinkKeysets.AES_256_GCM)
              .setKeyBytes(SecretBytes.copyFrom(derived, InsecureSecretKeyAccess.get()))
              .setIdRequirement(id)
              .build();
      return KeysetHandle.newBuilder()
          .addEntry(KeysetHandle.importKey(key).makePrimary())
          .build()
          .getPrimitive(RegistryConfiguration.get(), Aead.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is not to be had", e);
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  private static byte[] hkdf(byte[] key, String info, int length) throws GeneralSecurityException {
    return Hkdf.computeHkdf(
        "HMACSHA256", key, new byte[0], info.getBytes(StandardCharsets.UTF_8), length);
  }
}
