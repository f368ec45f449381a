package dev.latchkey.agent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every rotation store does. */
public abstract class RotationStoreContract {

  private static final SecretName NAME = new SecretName("orders-db");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456789Z");

  protected abstract Transaction.Runner transactions();

  protected abstract RotationStore store();

  protected static RotationRecord planned(String id, SecretName name) {
    return new RotationRecord(
        id,
        name,
        RotationKind.ROTATE,
        RotationStep.PLANNED,
        "orders_b",
        Optional.of(SecretValue.ofText("candidate of " + id)),
        "orders_a",
        3,
        0,
        0,
        "request of " + id,
        "uid 0",
        NOW,
        NOW,
        Optional.empty(),
        Optional.empty(),
        0,
        "");
  }

  private void save(RotationRecord rotation) {
    transactions().run(transaction -> store().save(transaction, rotation));
  }

  private List<RotationRecord> open() {
    return open(NAME);
  }

  private List<RotationRecord> open(SecretName name) {
    return transactions().call(transaction -> store().open(transaction, name));
  }

  private List<RotationRecord> history(int limit) {
    return transactions().call(transaction -> store().history(transaction, NAME, limit));
  }

  @Test
  void keepsEveryFieldOfEachStep() {
    RotationRecord planned = planned("r1", NAME);
    save(planned);
    assertThat(open()).containsExactly(planned);
    RotationRecord published =
        planned.published(4, NOW.plusSeconds(1), NOW.plusSeconds(600)).failing("slow");
    save(published);
    assertThat(open()).containsExactly(published);
    RotationRecord retired = published.endedSessions(2).at(RotationStep.RETIRED, NOW);
    save(retired);
    assertThat(open()).isEmpty();
    assertThat(history(10)).containsExactly(retired);
  }

  @Test
  void listsTheOpenInTheOrderOfTheirBeginningsAndTheHistoryBackwards() {
    RotationRecord first = planned("r1", NAME);
    RotationRecord second = planned("r2", new SecretName("other"));
    RotationRecord third = planned("r3", NAME);
    save(first);
    save(second);
    save(third);
    save(first);
    assertThat(open()).containsExactly(first, third);
    assertThat(open(second.name())).containsExactly(second);
    assertThat(history(10)).containsExactly(third, first);
    assertThat(history(1)).containsExactly(third);
  }

  @Test
  void findsWhatARequestBeganForThatSecretAlone() {
    RotationRecord rotation = planned("r1", NAME);
    save(rotation);
    assertThat(byRequest(NAME, "request of r1")).contains(rotation);
    assertThat(byRequest(NAME, "another")).isEmpty();
    assertThat(byRequest(new SecretName("other"), "request of r1")).isEmpty();
  }

  private Optional<RotationRecord> byRequest(SecretName name, String request) {
    return transactions().call(transaction -> store().byRequest(transaction, name, request));
  }
}
