package dev.latchkey.agent.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every backend keeps to, failures included. An opt-out is asserted, never skipped. */
public abstract class BackendContract {

  /** The backend under test. */
  protected abstract Backend backend();

  /** Makes the secret manager hold {@code content} as the newest version of {@code path}. */
  protected abstract void seed(String path, SecretContent content);

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
    seed("large", binary(1 << 20));
    assertThat(backend().read("binary", Optional.empty()).content()).isEqualTo(binary(256));
    assertThat(backend().read("large", Optional.empty()).content()).isEqualTo(binary(1 << 20));
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
}
