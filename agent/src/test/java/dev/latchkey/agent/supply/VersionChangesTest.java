package dev.latchkey.agent.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.local.LocalBackend;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.SourceDeclaration;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.ChangeListener;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.supply.Supply.VersionChange.Kind;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator takes away at the backend is not served from here. */
class VersionChangesTest {

  private static final SecretName MAIL = new SecretName("mail");
  private static final SecretName ROTATED = new SecretName("orders-db");
  private static final SecretName LOCAL = new SecretName("local");
  private static final SecretName WRAPPED = new SecretName("wrapped");
  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeTime time = new FakeTime();
  private final FakeBackend remote = new FakeBackend().with("mail", "one").with("mail", "two");
  private final InMemoryVersionStore store = new InMemoryVersionStore();
  private final DeclaredCatalog catalog =
      new DeclaredCatalog(
          List.of(
              declared(MAIL, "remote", Optional.empty()),
              declared(LOCAL, "local", Optional.empty()),
              wrapped(),
              declared(
                  ROTATED,
                  "remote",
                  Optional.of(
                      new RotationDeclaration(
                          "orders",
                          List.of("orders_a", "orders_b"),
                          "orders_owner",
                          Optional.empty(),
                          HOUR,
                          HOUR)))),
          List.of(new Mount("open/", "", "remote", HOUR, HOUR, true)),
          List.of(),
          Set.of());
  private final CaffeineCurrent current =
      new CaffeineCurrent(
          store, new InMemoryTransactions(), new SilentAudit(), catalog, time, 1 << 20);
  private final BackendSupply supply =
      new BackendSupply(
          current,
          catalog,
          Map.of("remote", remote, "local", new LocalBackend("local", store)),
          new NoLeases(),
          (target, login) -> {},
          time,
          time,
          new SplittableRandom(1),
          new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
          event -> {},
          Runnable::run);
  private final List<SecretName> withdrawn = new ArrayList<>();

  VersionChangesTest() {
    current.start(supply);
    var _ =
        current.listen(
            new ChangeListener() {
              @Override
              public void changed(Held now) {}

              @Override
              public void withdrawn(SecretName name) {
                withdrawn.add(name);
              }
            });
  }

  private static Declaration declared(
      SecretName name, String backend, Optional<RotationDeclaration> rotation) {
    return new Declaration(
        name, backend, name.text(), "static", true, HOUR, HOUR, true, "", rotation);
  }

  /** Its path at the backend is its name, for want of any. */
  private static Declaration wrapped() {
    return new Declaration(
        WRAPPED,
        "remote",
        WRAPPED.text(),
        "static",
        false,
        HOUR,
        HOUR,
        true,
        "",
        Optional.empty(),
        LeaseDeclaration.DEFAULT,
        new SourceDeclaration(
            Optional.empty(),
            Optional.of(
                new SourceDeclaration.Wrapped(Path.of("nowhere", "token"), Optional.empty()))));
  }

  @AfterEach
  void close() throws Exception {
    supply.close();
  }

  private List<String> change(SecretName name, Kind kind, String requestId, String... versions) {
    return supply.change(
        new Supply.VersionChange(name, kind, List.of(versions), requestId, "uid 0", ""));
  }

  private void assertReason(Reason reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SecretException.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
  }

  @Test
  void theNewestThatIsDeletedIsNotServedFromThatMomentOn() {
    assertThat(current.read(MAIL).state().content()).isEqualTo(FakeBackend.text("two"));

    assertThat(change(MAIL, Kind.DELETE, "")).containsExactly("2");

    assertThat(withdrawn).containsExactly(MAIL);
    assertThat(current.held(MAIL)).isEmpty();
    assertReason(Reason.NOT_FOUND, () -> current.read(MAIL));
    assertReason(Reason.NOT_FOUND, () -> current.readVersion(MAIL, "2"));
    assertThat(current.readVersion(MAIL, "1").content()).isEqualTo(FakeBackend.text("one"));
  }

  @Test
  void whatComesBackIsTheSameVersionAsBefore() {
    long version = current.read(MAIL).state().id().version();
    change(MAIL, Kind.DELETE, "");
    change(MAIL, Kind.UNDELETE, "", "2");
    assertThat(current.read(MAIL).state().content()).isEqualTo(FakeBackend.text("two"));
    assertThat(current.read(MAIL).state().id().version()).isEqualTo(version);
  }

  @Test
  void whatIsDestroyedSaysSo() {
    var _ = current.read(MAIL);
    change(MAIL, Kind.DESTROY, "", "2");
    assertReason(Reason.VERSION_DESTROYED, () -> current.read(MAIL));
    assertReason(Reason.VERSION_DESTROYED, () -> change(MAIL, Kind.UNDELETE, "", "2"));
    assertReason(Reason.VERSION_DESTROYED, () -> current.read(MAIL));
  }

  @Test
  void anEarlierVersionIsTakenAwayWithoutADisturbance() {
    var _ = current.read(MAIL);
    change(MAIL, Kind.DESTROY, "", "1");
    assertThat(withdrawn).isEmpty();
    assertThat(current.held(MAIL)).isPresent();
    assertReason(Reason.VERSION_DESTROYED, () -> current.readVersion(MAIL, "1"));
  }

  @Test
  void aRepeatOfADeleteHitsNoVersionThatCameMeanwhile() {
    assertThat(change(MAIL, Kind.DELETE, "r1")).containsExactly("2");
    remote.with("mail", "three");
    assertThat(change(MAIL, Kind.DELETE, "r1")).isEmpty();
    assertThat(current.read(MAIL).state().content()).isEqualTo(FakeBackend.text("three"));
    assertReason(Reason.CONFLICT, () -> change(ROTATED, Kind.DELETE, "r1", "1"));
  }

  @Test
  void whatMayHaveBeenTakenAwayWithoutAnAnswerIsNotServedUntilItIsReadAgain() {
    for (Kind kind : List.of(Kind.DELETE, Kind.DESTROY)) {
      withdrawn.clear();
      remote.with("mail", "newest");
      time.advance(HOUR);
      String newest = current.read(MAIL).state().backendVersion();
      remote.loseAnswers(true);

      assertReason(Reason.UNAVAILABLE, () -> change(MAIL, kind, "r " + kind, newest));

      assertThat(withdrawn).containsExactly(MAIL);
      assertThatThrownBy(() -> current.read(MAIL)).hasMessageContaining(newest);
      assertThatThrownBy(() -> current.readVersion(MAIL, newest)).hasMessageContaining(newest);
      remote.loseAnswers(false);
      assertThat(change(MAIL, kind, "r " + kind, newest)).containsExactly(newest);
    }
  }

  @Test
  void whatIsThereAfterALostAnswerIsServedAgain() {
    var _ = current.read(MAIL);
    remote.loseAnswers(true);
    assertReason(Reason.UNAVAILABLE, () -> change(MAIL, Kind.DELETE, "r1"));
    remote.undelete("mail", List.of("2"));
    assertThat(current.read(MAIL).state().content()).isEqualTo(FakeBackend.text("two"));
  }

  @Test
  void anIdThatWasUsedForAnythingElseIsAConflictAndChangesNothing() {
    remote.with("mail", "three");
    assertThat(change(MAIL, Kind.DELETE, "r1", "1")).containsExactly("1");

    assertReason(Reason.CONFLICT, () -> change(MAIL, Kind.DESTROY, "r1", "1"));
    assertReason(Reason.CONFLICT, () -> change(MAIL, Kind.DELETE, "r1", "2"));
    assertReason(Reason.CONFLICT, () -> change(MAIL, Kind.DELETE, "r1"));
    assertReason(Reason.CONFLICT, () -> change(MAIL, Kind.UNDELETE, "r1", "1"));
    Supply.Put put =
        new Supply.Put(MAIL, FakeBackend.text("three"), OptionalLong.empty(), "r1", "uid 0", "");
    assertReason(Reason.CONFLICT, () -> supply.put(put));

    assertReason(Reason.NOT_FOUND, () -> remote.read("mail", Optional.of("1")));
    assertThat(remote.read("mail", Optional.of("2")).content()).isEqualTo(FakeBackend.text("two"));
    assertThat(change(MAIL, Kind.DELETE, "r1", "1")).containsExactly("1");
  }

  @Test
  void aRepeatOfAPutWritesNoSecondVersion() {
    Supply.Put put =
        new Supply.Put(MAIL, FakeBackend.text("three"), OptionalLong.empty(), "r9", "uid 0", "");
    assertThat(supply.put(put).changed()).isTrue();
    assertThat(supply.put(put).changed()).isFalse();
    assertThat(remote.newest("mail")).isEqualTo("3");
    Supply.Put other =
        new Supply.Put(MAIL, FakeBackend.text("four"), OptionalLong.empty(), "r9", "uid 0", "");
    assertReason(Reason.CONFLICT, () -> supply.put(other));
    assertThat(remote.newest("mail")).isEqualTo("3");
  }

  @Test
  void theVersionInUseOfARotatedSecretIsNotTakenAway() {
    remote.with("orders-db", "a").with("orders-db", "b");
    assertReason(Reason.NOT_POSSIBLE_NOW, () -> change(ROTATED, Kind.DELETE, ""));
    assertReason(Reason.NOT_POSSIBLE_NOW, () -> change(ROTATED, Kind.DESTROY, "", "1", "2"));
    SecretName open = new SecretName("open/orders-db");
    assertReason(Reason.NOT_POSSIBLE_NOW, () -> change(open, Kind.DELETE, ""));
    assertReason(Reason.NOT_POSSIBLE_NOW, () -> change(open, Kind.DESTROY, "", "1", "2"));
    assertThat(change(ROTATED, Kind.DESTROY, "", "1")).containsExactly("1");
    assertThat(remote.read("orders-db", Optional.empty()).content())
        .isEqualTo(FakeBackend.text("b"));
  }

  @Test
  void whatIsDeliveredWrappedHasNoPathSoNothingOfItsNameIsHit() {
    remote.with("wrapped", "somebody else's");
    for (Kind kind : Kind.values()) {
      assertReason(Reason.UNSUPPORTED, () -> change(WRAPPED, kind, "", "1"));
    }
    assertThat(remote.read("wrapped", Optional.empty()).content())
        .isEqualTo(FakeBackend.text("somebody else's"));
  }

  @Test
  void aBackendWhoseVersionsAreTheStoresOffersNothing() {
    assertReason(Reason.UNSUPPORTED, () -> change(LOCAL, Kind.DELETE, ""));
    assertThatThrownBy(() -> change(LOCAL, Kind.DELETE, ""))
        .hasMessageContaining("put another value in its place");
    assertThatThrownBy(() -> change(LOCAL, Kind.DESTROY, "", "1"))
        .hasMessageEndingWith("that can be taken away");
  }
}
