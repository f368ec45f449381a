package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every store of leases does. */
public abstract class LeaseStoreContract {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456789Z");

  protected abstract Transaction.Runner transactions();

  protected abstract LeaseStore store();

  private static Lease held(String id) {
    return new Lease(
        id,
        new SecretName("orders-db"),
        "vault",
        "database/creds/orders",
        "database/creds/orders/abc",
        Lease.Stage.HELD,
        7,
        "accessor",
        Optional.of(NOW.plusSeconds(90)),
        NOW,
        NOW.plusSeconds(60),
        Duration.ofSeconds(60),
        true,
        Optional.empty());
  }

  private void save(Lease lease) {
    transactions().run(transaction -> store().save(transaction, lease));
  }

  private List<Lease> all() {
    return transactions().call(store()::all);
  }

  @Test
  void keepsEveryField() {
    Lease intent =
        Lease.intent("i", new SecretName("orders-db"), "vault", "path", NOW, Duration.ofDays(32));
    save(intent);
    save(held("h"));
    assertThat(all()).containsExactly(intent, held("h"));
  }

  @Test
  void replacesTheRowWithTheSameId() {
    save(held("h"));
    Lease later =
        held("h")
            .extended(NOW.plusSeconds(40), NOW.plusSeconds(100), false)
            .parentEnding(Optional.of(NOW.plusSeconds(70)))
            .at(Lease.Stage.RETIRING, Optional.of(NOW.plusSeconds(50)));
    save(later);
    assertThat(all()).containsExactly(later);
  }

  @Test
  void theEndOfATokenIsKeptInEachRowThatWasMadeUnderIt() {
    Lease intent =
        Lease.intent("i", new SecretName("orders-db"), "vault", "path", NOW, Duration.ofDays(32));
    save(held("h"));
    save(intent);
    Optional<Instant> end = Optional.of(NOW.plusSeconds(33));
    transactions().run(transaction -> store().parentEnds(transaction, "accessor", end));
    assertThat(all()).containsExactly(held("h").parentEnding(end), intent);
    transactions()
        .run(transaction -> store().parentEnds(transaction, "accessor", Optional.empty()));
    assertThat(all()).containsExactly(held("h").parentEnding(Optional.empty()), intent);
  }

  @Test
  void forgetsOneRow() {
    save(held("a"));
    save(held("b"));
    transactions().run(transaction -> store().remove(transaction, "a"));
    transactions().run(transaction -> store().remove(transaction, "none"));
    assertThat(all()).containsExactly(held("b"));
  }
}
