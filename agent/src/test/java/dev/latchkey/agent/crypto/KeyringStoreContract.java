package dev.latchkey.agent.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.store.Transaction;
import org.junit.jupiter.api.Test;

/** What every keyring store does. */
public abstract class KeyringStoreContract {

  protected abstract Transaction.Runner transactions();

  protected abstract KeyringStore store();

  @Test
  void beginsEmptyOfCallersKeyrings() {
    assertThat(transactions().call(store()::all).keySet()).allMatch(TinkAuthenticator::isInternal);
  }

  @Test
  void keepsTheLastThatWasSavedOfEachName() {
    transactions()
        .run(
            transaction -> {
              store().save(transaction, "a", new byte[] {1});
              store().save(transaction, "b", new byte[] {2});
              store().save(transaction, "a", new byte[] {3, 0, 4});
            });
    assertThat(transactions().call(store()::all))
        .containsEntry("a", new byte[] {3, 0, 4})
        .containsEntry("b", new byte[] {2});
  }
}
