package dev.latchkey.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every audit store does. */
public abstract class AuditStoreContract {

  protected abstract Transaction.Runner transactions();

  protected abstract AuditStore store();

  private static AuditStore.Link link(long sequence) {
    byte fill = (byte) sequence;
    return new AuditStore.Link(
        sequence, new byte[] {fill, 0, -1}, new byte[] {1, fill}, new byte[] {2, fill});
  }

  private List<AuditStore.Link> read(long from, long limit) {
    return transactions()
        .call(
            transaction -> {
              List<AuditStore.Link> read = new ArrayList<>();
              store().read(transaction, from, limit, read::add);
              return read;
            });
  }

  @Test
  void beginsWithoutLinks() {
    assertThat(read(1, 10)).isEmpty();
  }

  @Test
  void readsBackWhatWasAppendedInOrderFromAnyPlace() {
    transactions().run(transaction -> store().append(transaction, List.of(link(1), link(2))));
    transactions().run(transaction -> store().append(transaction, List.of(link(3))));
    assertThat(read(1, 10))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(link(1), link(2), link(3));
    assertThat(read(2, 1)).extracting(AuditStore.Link::sequence).containsExactly(2L);
    assertThat(read(4, 10)).isEmpty();
  }

  @Test
  void keepsTheLastHead() {
    transactions().run(transaction -> store().keepHead(transaction, new byte[] {1}));
    transactions().run(transaction -> store().keepHead(transaction, new byte[] {2, 3}));
    assertThat(transactions().call(store()::head)).contains(new byte[] {2, 3});
  }
}
