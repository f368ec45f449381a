package dev.latchkey.agent.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every holder store does. */
public abstract class HolderStoreContract {

  private static final SecretName A = new SecretName("a");
  private static final SecretName B = new SecretName("b");
  private static final Holder WATCH = new Holder(Holder.Kind.WATCH, "s1", true);
  private static final Holder READ = new Holder(Holder.Kind.READ, "read:uid 1 gid 1", false);

  protected abstract Transaction.Runner transactions();

  protected abstract HolderStore store();

  private static Holding holding(
      Holder holder, SecretName secret, long version, long acknowledged) {
    return new Holding(holder, secret, version, acknowledged, "uid 1 gid 1");
  }

  private void deliver(Holding... holdings) {
    transactions().run(transaction -> store().deliver(transaction, List.of(holdings)));
  }

  private void acknowledge(String holder, SecretName secret, long version) {
    transactions().run(transaction -> store().acknowledge(transaction, holder, secret, version));
  }

  private List<Holding> all() {
    return transactions().call(store()::all);
  }

  @Test
  void keepsTheNewestVersionDeliveredToEachHolder() {
    deliver(holding(WATCH, A, 2, 0), holding(READ, A, 1, 0), holding(WATCH, B, 1, 0));
    deliver(holding(WATCH, A, 3, 0));
    deliver(holding(WATCH, A, 1, 0));
    assertThat(all())
        .containsExactlyInAnyOrder(
            holding(WATCH, A, 3, 0), holding(READ, A, 1, 0), holding(WATCH, B, 1, 0));
  }

  @Test
  void keepsTheNewestAcknowledgementAlsoAfterALaterDelivery() {
    deliver(holding(WATCH, A, 2, 0));
    acknowledge("s1", A, 2);
    acknowledge("s1", A, 1);
    assertThat(all()).containsExactly(holding(WATCH, A, 2, 2));
    deliver(holding(WATCH, A, 3, 0));
    assertThat(all()).containsExactly(holding(WATCH, A, 3, 2));
  }

  @Test
  void anOlderVersionDeliveredLateTakesTheAcknowledgementBack() {
    deliver(holding(WATCH, A, 3, 3), holding(READ, A, 2, 2));
    deliver(holding(WATCH, A, 2, 3), holding(READ, A, 1, 2));
    assertThat(all()).containsExactlyInAnyOrder(holding(WATCH, A, 3, 2), holding(READ, A, 2, 1));
    deliver(holding(WATCH, A, 3, 3));
    assertThat(all()).contains(holding(WATCH, A, 3, 2));
  }

  @Test
  void anAcknowledgementOfWhatWasNotDeliveredMakesNoHolder() {
    acknowledge("nobody", A, 1);
    assertThat(all()).isEmpty();
  }

  @Test
  void forgetsOnlyWhatIsOlderAndOnlyOfThatSecret() {
    deliver(holding(WATCH, A, 2, 0), holding(READ, A, 1, 0), holding(READ, B, 1, 0));
    transactions().run(transaction -> store().forgetBefore(transaction, A, 2));
    assertThat(all()).containsExactlyInAnyOrder(holding(WATCH, A, 2, 0), holding(READ, B, 1, 0));
  }

  @Test
  void knowsWhomASubscriptionBelongsTo() {
    Caller caller = new Caller(1000, 100, 4711, Optional.empty());
    transactions().run(transaction -> store().open(transaction, "s1", caller, true));
    Optional<HolderStore.Subscriber> subscriber =
        transactions().call(transaction -> store().subscriber(transaction, "s1"));
    assertThat(subscriber).contains(new HolderStore.Subscriber(1000, 100, true));
    Optional<HolderStore.Subscriber> unknown =
        transactions().call(transaction -> store().subscriber(transaction, "s2"));
    assertThat(unknown).isEmpty();
  }
}
