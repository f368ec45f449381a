package dev.latchkey.agent.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.store.Transaction;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store of due reloads does. */
public abstract class ReloadStoreContract {

  protected abstract ReloadStore store();

  protected abstract Transaction.Runner transactions();

  private Set<String> due() {
    return transactions().call(store()::due);
  }

  @Test
  void whatIsMarkedIsDueUntilItIsCleared() {
    assertThat(due()).isEmpty();
    transactions().run(transaction -> store().mark(transaction, "one"));
    transactions().run(transaction -> store().mark(transaction, "two"));
    transactions().run(transaction -> store().mark(transaction, "one"));
    assertThat(due()).containsExactlyInAnyOrder("one", "two");
    transactions().run(transaction -> store().clear(transaction, "one"));
    transactions().run(transaction -> store().clear(transaction, "never marked"));
    assertThat(due()).containsExactly("two");
  }
}
