package dev.latchkey.agent.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What every backend keeps to, failures included. An opt-out is asserted, never skipped. */
public abstract class BackendContract {

  /** The backend under test. */
  protected abstract Backend backend();

  /** Makes the secret manager hold {@code content} as the newest version of {@code path}. */
  protected abstract void seed(String path, SecretContent content);

  /** How many bytes every manager of this kind takes in one field. */
  protected int large() {
    return 1 << 20;
  }

  /** A backend of the same kind with a switch before it; empty where nothing stands before it. */
  protected Optional<Breakable> breakable() {
    return Optional.empty();
  }

  /** A backend that holds {@code a}, whose secret manager breaks when told to. */
  public interface Breakable {

    Backend backend();

    /** Cannot be reached from now on. */
    void goDown();

    /** Takes calls and does not answer them from now on. */
    void hang();

    /** Refuses the agent from now on. */
    void deny();

    /** Works again. */
    void heal();

    /** How many calls came to the manager. */
    int calls();
  }

  private static SecretContent binary(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return new SecretContent(Map.of("value", SecretValue.of(bytes)));
  }

  private static void assertReason(Reason reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SecretException.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
  }

  @Test
  void readsTheNewestVersion() {
    seed("a", FakeBackend.text("one"));
    seed("a", FakeBackend.text("two"));
    assertThat(backend().read("a", Optional.empty()).content()).isEqualTo(FakeBackend.text("two"));
  }

  @Test
  void readsAnEarlierVersionByItsText() {
    seed("a", FakeBackend.text("one"));
    String first = backend().read("a", Optional.empty()).version();
    seed("a", FakeBackend.text("two"));
    assertThat(backend().read("a", Optional.of(first)).content())
        .isEqualTo(FakeBackend.text("one"));
  }

  @Test
  void ordersItsVersionsAsItSays() {
    seed("a", FakeBackend.text("one"));
    String first = backend().read("a", Optional.empty()).version();
    seed("a", FakeBackend.text("two"));
    String second = backend().read("a", Optional.empty()).version();
    assertThat(second).isNotEqualTo(first);
    if (backend().ordersVersions()) {
      assertThat(Long.parseLong(second)).isGreaterThan(Long.parseLong(first));
    }
  }

  @Test
  void whatIsMissingIsNotFound() {
    assertReason(Reason.NOT_FOUND, () -> backend().read("missing", Optional.empty()));
    seed("a", FakeBackend.text("one"));
    assertReason(Reason.NOT_FOUND, () -> backend().read("a", Optional.of("999")));
  }

  @Test
  void aMalformedVersionTextIsNotFound() {
    seed("a", FakeBackend.text("one"));
    assertReason(Reason.NOT_FOUND, () -> backend().read("a", Optional.of("no such; text")));
  }

  @Test
  void binaryAndLargeValuesComeBackUnchanged() {
    seed("binary", binary(256));
    seed("large", binary(large()));
    assertThat(backend().read("binary", Optional.empty()).content()).isEqualTo(binary(256));
    assertThat(backend().read("large", Optional.empty()).content()).isEqualTo(binary(large()));
  }

  @Test
  void readsRunSideBySide() throws Exception {
    seed("a", FakeBackend.text("one"));
    List<Future<BackendRead>> reads = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        reads.add(threads.submit(() -> backend().read("a", Optional.empty())));
      }
    }
    for (Future<BackendRead> read : reads) {
      assertThat(read.get().content()).isEqualTo(FakeBackend.text("one"));
    }
  }

  @Test
  void aCompareAndSetThatIsLostConflicts() {
    Writable writable = (Writable) backend();
    seed("a", FakeBackend.text("one"));
    String first = backend().read("a", Optional.empty()).version();
    seed("a", FakeBackend.text("two"));
    assertReason(
        Reason.CONFLICT, () -> writable.put("a", FakeBackend.text("x"), Optional.of(first)));
    assertReason(Reason.CONFLICT, () -> writable.put("a", FakeBackend.text("x"), Optional.of("")));
    assertReason(
        Reason.CONFLICT, () -> writable.put("new", FakeBackend.text("x"), Optional.of("1")));
  }

  @Test
  void aPutEitherWritesOrLeavesItToTheDoor() {
    Writable writable = (Writable) backend();
    String version = writable.put("a", FakeBackend.text("x"), Optional.of(""));
    if (writable.isNumberedByStore()) {
      assertThat(version).isEmpty();
      assertReason(Reason.NOT_FOUND, () -> backend().read("a", Optional.empty()));
    } else {
      assertThat(backend().read("a", Optional.empty()).version()).isEqualTo(version);
    }
  }

  /** The opt-out of one whose versions are the store's: it offers nothing that takes them away. */
  private Optional<Versioned> versionedOrOwnStore() {
    assertThat(backend())
        .isInstanceOfSatisfying(
            Writable.class,
            writable ->
                assertThat(backend() instanceof Versioned)
                    .isNotEqualTo(writable.isNumberedByStore()));
    return backend() instanceof Versioned versioned ? Optional.of(versioned) : Optional.empty();
  }

  @Test
  void theNewestVersionIsTheOneThatAWriteIsHeldAgainst() {
    versionedOrOwnStore()
        .ifPresent(
            versioned -> {
              Writable writable = (Writable) backend();
              assertThat(versioned.newest("a")).isEmpty();
              seed("a", FakeBackend.text("one"));
              String first = versioned.newest("a");
              assertThat(first).isEqualTo(backend().read("a", Optional.empty()).version());
              versioned.delete("a", List.of());
              assertThat(versioned.newest("a")).isEqualTo(first);
              String second = writable.put("a", FakeBackend.text("two"), Optional.of(first));
              assertThat(versioned.newest("a")).isEqualTo(second).isNotEqualTo(first);
            });
  }

  @Test
  void whatIsDeletedIsNotFoundUntilItIsBroughtBack() {
    versionedOrOwnStore()
        .ifPresent(
            versioned -> {
              seed("a", FakeBackend.text("one"));
              String first = versioned.newest("a");
              seed("a", FakeBackend.text("two"));
              versioned.delete("a", List.of(first));
              assertReason(Reason.NOT_FOUND, () -> backend().read("a", Optional.of(first)));
              assertThat(backend().read("a", Optional.empty()).content())
                  .isEqualTo(FakeBackend.text("two"));
              versioned.undelete("a", List.of(first));
              assertThat(backend().read("a", Optional.of(first)).content())
                  .isEqualTo(FakeBackend.text("one"));
              versioned.delete("a", List.of());
              assertReason(Reason.NOT_FOUND, () -> backend().read("a", Optional.empty()));
            });
  }

  @Test
  void whatIsDestroyedSaysSoAndDoesNotComeBack() {
    versionedOrOwnStore()
        .ifPresent(
            versioned -> {
              seed("a", FakeBackend.text("one"));
              String first = versioned.newest("a");
              versioned.destroy("a", List.of(first));
              assertReason(Reason.VERSION_DESTROYED, () -> versioned.undelete("a", List.of(first)));
              assertReason(Reason.VERSION_DESTROYED, () -> backend().read("a", Optional.empty()));
              assertThat(versioned.newest("a")).isEqualTo(first);
            });
  }

  @Test
  void listsInOrderAfterAPlaceUpToALimit() {
    Listable listable = (Listable) backend();
    for (String path : List.of("x/c", "x/a", "y", "x/b")) {
      seed(path, FakeBackend.text("one"));
    }
    assertThat(listable.list("x/", "", 10)).containsExactly("x/a", "x/b", "x/c");
    assertThat(listable.list("x/", "x/a", 1)).containsExactly("x/b");
    assertThat(listable.list("z", "", 10)).isEmpty();
    assertThat(listable.list("", "x/c", 10)).containsExactly("y");
  }

  @Test
  void noReadTellsAValueInItsTextForm() {
    seed("a", FakeBackend.text("marker-secret"));
    assertThat(backend().read("a", Optional.empty()).toString()).doesNotContain("marker-secret");
  }

  /** One that cannot be broken keeps its versions in the agent's own store. */
  private Optional<Breakable> breakableOrOwnStore() {
    Optional<Breakable> breakable = breakable();
    if (breakable.isEmpty()) {
      assertThat(backend())
          .isInstanceOfSatisfying(
              Writable.class, own -> assertThat(own.isNumberedByStore()).isTrue());
    }
    return breakable;
  }

  @Test
  void aManagerThatIsDownIsUnavailableAndServesWhenItIsBack() {
    breakableOrOwnStore()
        .ifPresent(
            way -> {
              way.goDown();
              assertReason(Reason.UNAVAILABLE, () -> way.backend().read("a", Optional.empty()));
              way.heal();
              assertThat(way.backend().read("a", Optional.empty()).content().fields()).isNotEmpty();
            });
  }

  @Test
  void aRefusalIsNoOutageAndIsAskedForOnce() {
    breakableOrOwnStore()
        .ifPresent(
            way -> {
              way.deny();
              int before = way.calls();
              assertReason(Reason.BACKEND_REFUSED, () -> way.backend().read("a", Optional.empty()));
              assertThat(way.calls() - before).isEqualTo(1);
            });
  }

  @Test
  void aReadThatHangsEndsWhenItsCallerGivesUp() throws Exception {
    Optional<Breakable> breakable = breakableOrOwnStore();
    if (breakable.isPresent()) {
      Breakable way = breakable.get();
      way.hang();
      int before = way.calls();
      FutureTask<BackendRead> read =
          new FutureTask<>(() -> way.backend().read("a", Optional.empty()));
      Thread caller = Thread.ofVirtual().start(read);
      Awaitility.await().until(() -> way.calls() > before);
      caller.interrupt();
      assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
      assertReason(Reason.UNAVAILABLE, () -> rethrown(read));
      way.heal();
    }
  }

  private static void rethrown(FutureTask<BackendRead> read) {
    try {
      read.get();
    } catch (ExecutionException failed) {
      throw (SecretException) failed.getCause();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
