package dev.latchkey.agent.crypto;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.mac.HmacParameters;
import com.google.crypto.tink.mac.MacConfig;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** The keysets of the agent: what keys they hold, and how they are written and read, sealed. */
final class TinkKeysets {

  /** AES-256-GCM with Tink's prefix: 0x01 and the key id. */
  static final AesGcmParameters AES_256_GCM;

  /** HMAC-SHA-256 with a 32-byte key and the whole tag, without a prefix. */
  static final HmacParameters HMAC_SHA_256;

  static {
    try {
      AeadConfig.register();
      MacConfig.register();
      AES_256_GCM =
          AesGcmParameters.builder()
              .setKeySizeBytes(32)
              .setIvSizeBytes(12)
              .setTagSizeBytes(16)
              .setVariant(AesGcmParameters.Variant.TINK)
              .build();
      HMAC_SHA_256 =
          HmacParameters.builder()
              .setKeySizeBytes(32)
              .setTagSizeBytes(32)
              .setHashType(HmacParameters.HashType.SHA256)
              .setVariant(HmacParameters.Variant.NO_PREFIX)
              .build();
    } catch (GeneralSecurityException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private TinkKeysets() {}

  static byte[] seal(KeysetHandle keyset, String name, Sealer sealer) {
    byte[] clear = new byte[0];
    try {
      clear =
          TinkProtoKeysetFormat.serializeKeyset(
              keyset, InsecureSecretKeyAccess.get(), RegistryConfiguration.get());
      return sealer.seal(clear, place(name));
    } catch (GeneralSecurityException e) {
      throw SecretException.of(Reason.INTERNAL, "keyring " + name + " cannot be written", e);
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  static KeysetHandle open(byte[] sealed, String name, Sealer sealer) {
    byte[] clear = sealer.open(sealed, place(name));
    try {
      return TinkProtoKeysetFormat.parseKeyset(
          clear, InsecureSecretKeyAccess.get(), RegistryConfiguration.get());
    } catch (GeneralSecurityException e) {
      throw SecretException.of(Reason.INTERNAL, "keyring " + name + " cannot be read", e);
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  private static String place(String name) {
    return "keyring/" + name;
  }
}
