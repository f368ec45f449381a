package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.DeliveryState.Condition;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store of deliveries does. */
public abstract class DeliveryStoreContract {

  protected abstract DeliveryStore store();

  protected abstract Transaction.Runner transactions();

  private Map<String, Kept> all() {
    return transactions().call(store()::all);
  }

  private void keep(String delivery, Kept kept) {
    transactions().run(transaction -> store().keep(transaction, delivery, kept));
  }

  @Test
  void whatIsKeptIsThereUntilItIsReplaced() {
    assertThat(all()).isEmpty();
    Kept one = new Kept(Path.of("/run/one"), Condition.WRITTEN, true, Set.of());
    Kept two = new Kept(Path.of("/run/two"), Condition.REMOVED, false, Set.of(A, B));
    keep("one", one);
    keep("two", two);
    keep("one", one);
    assertThat(all()).isEqualTo(Map.of("one", one, "two", two));
    keep("one", one.asRevoked(Set.of(A)));
    assertThat(all())
        .containsEntry("one", new Kept(Path.of("/run/one"), Condition.WRITTEN, true, Set.of(A)));
    keep("one", new Kept(Path.of("/run/one"), Condition.BLANKED, false, Set.of(B)));
    assertThat(all().get("one"))
        .isEqualTo(new Kept(Path.of("/run/one"), Condition.BLANKED, false, Set.of(B)));
    assertThat(all().get("two")).isEqualTo(two);
  }

  @Test
  void everyConditionCanBeKept() {
    Map<String, Kept> each = new HashMap<>();
    for (Condition condition : Condition.values()) {
      Kept kept = new Kept(Path.of("/run/app"), condition, false, Set.of());
      keep(condition.name(), kept);
      each.put(condition.name(), kept);
    }
    assertThat(all()).isEqualTo(each);
  }
}
