package dev.latchkey.agent.current;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every version store does. */
public abstract class VersionStoreContract {

  private static final SecretName NAME = new SecretName("orders-db");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456789Z");

  protected abstract Transaction.Runner transactions();

  protected abstract VersionStore store();

  private Epoch epoch() {
    return transactions().call(store()::epoch);
  }

  private SecretState state(SecretName name, long version, long revision, String value) {
    return new SecretState(
        name,
        new StateId(epoch(), version, revision),
        Long.toString(version),
        new SecretContent(Map.of("value", SecretValue.ofText(value))),
        new Lifetime.Unleased(),
        NOW,
        NOW.plusSeconds(1),
        Optional.empty(),
        0,
        Cause.PUT);
  }

  private SecretState state(long version, String value) {
    return state(NAME, version, version, value);
  }

  private void write(SecretState state, boolean keepValue) {
    transactions().run(transaction -> store().write(transaction, state, NOW, keepValue));
  }

  private Optional<VersionStore.Stored> current() {
    return transactions().call(transaction -> store().current(transaction, NAME));
  }

  private Optional<VersionStore.Known> known(SecretState candidate) {
    return transactions().call(transaction -> store().known(transaction, NAME, candidate));
  }

  @Test
  void aSecretThatWasNeverWrittenIsNotThere() {
    assertThat(current()).isEmpty();
    assertThat(known(state(1, "a"))).isEmpty();
    List<SecretState> history =
        transactions().call(transaction -> store().history(transaction, NAME, 10));
    assertThat(history).isEmpty();
  }

  @Test
  void theEpochStaysTheSame() {
    assertThat(epoch()).isEqualTo(epoch());
  }

  @Test
  void theLastWrittenIsCurrentWithEveryFieldItHad() {
    SecretState leased =
        new SecretState(
            NAME,
            new StateId(epoch(), 1, 4),
            "backend 17",
            new SecretContent(
                Map.of(
                    "username", SecretValue.ofText("orders_a"),
                    "password", SecretValue.of(new byte[] {0, -1, 127, -128}),
                    "empty", SecretValue.ofText(""))),
            new Lifetime.Leased(NOW, NOW.plusSeconds(3600), true),
            NOW.minusNanos(1),
            NOW,
            Optional.of(NOW.plusSeconds(60)),
            0,
            Cause.ROTATION);
    write(leased, true);
    assertThat(current()).contains(new VersionStore.Stored(leased, NOW));
    SecretState next = state(NAME, 2, 5, "b");
    write(next, true);
    assertThat(current()).contains(new VersionStore.Stored(next, NOW));
  }

  @Test
  void aRaisedRevisionTakesThePlaceOfTheOneBefore() {
    write(state(NAME, 1, 1, "a"), true);
    write(state(NAME, 1, 2, "a"), true);
    assertThat(current()).map(stored -> stored.state().id().revision()).contains(2L);
    List<SecretState> history =
        transactions().call(transaction -> store().history(transaction, NAME, 10));
    assertThat(history).hasSize(1);
  }

  @Test
  void earlierVersionsAreReadByNumberAndNewestFirst() {
    write(state(1, "a"), true);
    write(state(2, "b"), true);
    write(state(3, "c"), true);
    Optional<SecretState> second =
        transactions().call(transaction -> store().version(transaction, NAME, 2));
    assertThat(second).contains(state(2, "b"));
    Optional<SecretState> ninth =
        transactions().call(transaction -> store().version(transaction, NAME, 9));
    assertThat(ninth).isEmpty();
    List<SecretState> history =
        transactions().call(transaction -> store().history(transaction, NAME, 2));
    assertThat(history).containsExactly(state(3, "c"), state(2, "b"));
  }

  @Test
  void ofAValueThatIsNotKeptTheIdAndWhetherItIsTheSameAreKnown() {
    write(state(3, "a"), false);
    assertThat(current()).isEmpty();
    assertThat(known(state(9, "a")))
        .contains(new VersionStore.Known(new StateId(epoch(), 3, 3), true));
    assertThat(known(state(9, "b")))
        .contains(new VersionStore.Known(new StateId(epoch(), 3, 3), false));
  }

  @Test
  void aRequestIsAnsweredAsTheFirstTime() {
    SecretState first = state(1, "a");
    write(first, true);
    transactions().run(transaction -> store().keepRequest(transaction, "r1", first));
    write(state(2, "b"), true);
    Optional<SecretState> repeated =
        transactions().call(transaction -> store().byRequest(transaction, "r1"));
    assertThat(repeated).contains(first);
    Optional<SecretState> unknown =
        transactions().call(transaction -> store().byRequest(transaction, "r2"));
    assertThat(unknown).isEmpty();
  }

  private void forget(List<String> texts, boolean newest) {
    transactions().run(transaction -> store().forget(transaction, NAME, texts, newest));
  }

  @Test
  void whatTheBackendTookAwayIsForgottenByItsTextAndTheRestStays() {
    write(state(1, "a"), true);
    write(state(2, "b"), true);
    forget(List.of(state(1, "a").backendVersion()), false);
    Optional<SecretState> first =
        transactions().call(transaction -> store().version(transaction, NAME, 1));
    assertThat(first).isEmpty();
    assertThat(current()).map(VersionStore.Stored::state).contains(state(2, "b"));
  }

  @Test
  void ofTheNewestThatWasTakenAwayTheIdIsKnownAndNoValueKept() {
    write(state(1, "a"), true);
    write(state(2, "b"), true);
    forget(List.of(), true);
    assertThat(current()).isEmpty();
    assertThat(known(state(9, "b")))
        .contains(new VersionStore.Known(new StateId(epoch(), 2, 2), true));
    Optional<SecretState> second =
        transactions().call(transaction -> store().version(transaction, NAME, 2));
    assertThat(second).isEmpty();
  }

  @Test
  void whoseNewestWasTakenAwayIsKnownUntilAnotherIsWrittenWithOrWithoutItsValue() {
    write(state(1, "a"), false);
    forget(List.of("7"), false);
    assertThat(withdrawn()).isEmpty();
    forget(List.of(), true);
    assertThat(withdrawn()).containsExactly(NAME);
    write(state(1, "a"), false);
    assertThat(withdrawn()).isEmpty();
    write(state(2, "b"), true);
    forget(List.of(), true);
    assertThat(withdrawn()).containsExactly(NAME);
    write(state(3, "c"), true);
    assertThat(withdrawn()).isEmpty();
  }

  /** Asked for all, and for each of two by its name. */
  private Set<SecretName> withdrawn() {
    Set<SecretName> all = transactions().call(store()::withdrawn);
    for (SecretName each : List.of(NAME, new SecretName("other"))) {
      boolean one = transactions().call(transaction -> store().isWithdrawn(transaction, each));
      assertThat(one).as(each.text()).isEqualTo(all.contains(each));
    }
    return all;
  }

  @Test
  void aRequestIsKnownByTheSecretItWasForAndByWhatItAsked() {
    SecretState first = state(1, "a");
    write(first, true);
    transactions().run(transaction -> store().keepRequest(transaction, "r1", first));
    transactions()
        .run(
            transaction ->
                store()
                    .keepRequest(
                        transaction, "r2", new Requested(new SecretName("other"), "delete 3")));
    for (String id : List.of("r1", "r2", "r3")) {
      Optional<Requested> known =
          transactions().call(transaction -> store().requestedFor(transaction, id));
      assertThat(known)
          .isEqualTo(
              switch (id) {
                case "r1" -> Optional.of(new Requested(NAME, ""));
                case "r2" -> Optional.of(new Requested(new SecretName("other"), "delete 3"));
                default -> Optional.empty();
              });
    }
  }

  @Test
  void namesAreListedByTheirPrefixInOrder() {
    for (String name : List.of("app/b", "app/a", "apple", "other")) {
      write(state(new SecretName(name), 1, 1, "v"), true);
    }
    List<SecretName> below = transactions().call(transaction -> store().names(transaction, "app/"));
    assertThat(below).containsExactly(new SecretName("app/a"), new SecretName("app/b"));
    List<SecretName> all = transactions().call(transaction -> store().names(transaction, ""));
    assertThat(all).hasSize(4).isSorted();
  }
}
