package dev.latchkey.agent.crypto;

import dev.latchkey.agent.secret.SecretValue;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Makes keys from passphrases: Argon2id with the second recommended setting of RFC 9106 (64 MiB, 3
 * passes, 4 lanes). The setting is part of the store's format and never changes.
 */
final class Argon2id {

  private static final int MEMORY_KIB = 65_536;
  private static final int PASSES = 3;
  private static final int LANES = 4;

  private Argon2id() {}

  static SecretValue derive(byte[] passphrase, byte[] salt, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(MEMORY_KIB)
            .withIterations(PASSES)
            .withParallelism(LANES)
            .withSalt(salt)
            .build());
    byte[] key = new byte[length];
    try {
      generator.generateBytes(passphrase, key);
      return SecretValue.of(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
