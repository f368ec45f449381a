package dev.latchkey.agent.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.crypto.Keyrings.Decrypted;
import dev.latchkey.agent.crypto.Keyrings.Encrypted;
import dev.latchkey.agent.crypto.Keyrings.Plain;
import dev.latchkey.agent.crypto.Keyrings.Sealed;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TinkKeyringsTest extends KeyringsContract {

  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryKeyringStore store = new InMemoryKeyringStore();
  private final Sealer sealer = new TinkSealer(TinkSealerTest.key(1));

  @Override
  protected TinkKeyrings keyrings() {
    return new TinkKeyrings(transactions, store, sealer, List.of(RING, OTHER));
  }

  @Test
  void aCiphertextFromBeforeARotationOpensAfterIt() {
    TinkKeyrings keyrings = keyrings();
    Encrypted before = encrypted(keyrings, "hello");
    Keyrings.KeyVersion rotated = keyrings.rotate("default");
    Encrypted after = encrypted(keyrings, "hello");
    assertThat(before.key().version()).isEqualTo(1);
    assertThat(rotated.version()).isEqualTo(2);
    assertThat(after.key()).isEqualTo(rotated);
    for (Keyrings each : List.of(keyrings, keyrings())) {
      assertThat(decrypted(each, before.ciphertext()))
          .isEqualTo(new Decrypted.Opened(SecretValue.ofText("hello"), before.key()));
      assertThat(decrypted(each, after.ciphertext()))
          .isEqualTo(new Decrypted.Opened(SecretValue.ofText("hello"), after.key()));
    }
  }

  @Test
  void theCiphertextBeginsAsTinksDoes() {
    Encrypted encrypted = encrypted(keyrings(), "hello");
    ByteBuffer bytes = ByteBuffer.wrap(encrypted.ciphertext());
    assertThat(bytes.get()).isEqualTo((byte) 1);
    assertThat(bytes.getInt()).isEqualTo(encrypted.key().keyId());
    assertThat(encrypted.ciphertext()).hasSize(5 + 12 + 5 + 16);
  }

  @Property(tries = 100)
  void refusesAnyChangedByteAndOtherAssociatedDataAlike(@ForAll byte[] plaintext) {
    TinkKeyrings keyrings = keyrings();
    byte[] ciphertext =
        keyrings
            .encrypt("default", List.of(new Plain(SecretValue.of(plaintext), DATA)))
            .getFirst()
            .ciphertext();
    byte[] changed = ciphertext.clone();
    changed[changed.length - 1] ^= 1;
    assertRefused(decrypted(keyrings, changed));
    assertRefused(
        keyrings
            .decrypt("default", List.of(new Sealed(ciphertext, SecretValue.ofText("tenant 2"))))
            .getFirst());
    assertRefused(decrypted(keyrings, new byte[0]));
  }

  @Test
  void anUnknownKeyringIsNotFoundNorIsOneOfTheAgentsOwn() {
    TinkAuthenticator.open(new Transaction() {}, store, sealer, TinkAuthenticator.AUDIT);
    TinkKeyrings keyrings = keyrings();
    for (String name : List.of("other", TinkAuthenticator.AUDIT)) {
      assertThatThrownBy(() -> keyrings.encrypt(name, List.of()))
          .isInstanceOfSatisfying(
              SecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
      assertThatThrownBy(() -> keyrings.rotate(name)).isInstanceOf(SecretException.class);
    }
  }

  @Test
  void aRotationThatCannotBeKeptChangesNothing() {
    TinkKeyrings keyrings = keyrings();
    Keyrings.KeyVersion before = encrypted(keyrings, "x").key();
    transactions.fail(SecretException.of(Reason.UNAVAILABLE, "no room"));
    assertThatThrownBy(() -> keyrings.rotate("default")).isInstanceOf(SecretException.class);
    transactions.heal();
    assertThat(encrypted(keyrings, "x").key()).isEqualTo(before);
  }

  @Test
  void theAgentsOwnKeyIsTheSameAfterReopening() {
    Transaction transaction = new Transaction() {};
    byte[] first =
        TinkAuthenticator.open(transaction, store, sealer, TinkAuthenticator.AUDIT)
            .tag(new byte[] {1});
    assertThat(
            TinkAuthenticator.open(transaction, store, sealer, TinkAuthenticator.AUDIT)
                .tag(new byte[] {1}))
        .isEqualTo(first);
    assertThat(
            TinkAuthenticator.open(transaction, store, sealer, TinkAuthenticator.VERSIONS)
                .tag(new byte[] {1}))
        .isNotEqualTo(first);
  }
}
