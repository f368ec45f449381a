package dev.latchkey.client.placeholder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.CapturedLog;
import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.client.placeholder.ReferencedSecrets.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchedSecretsTest {

  private static final SecretReference PASSWORD = new SecretReference("orders-db", "password");
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path directory;
  private FakeAgent agent;

  @BeforeEach
  void start() throws Exception {
    agent = new FakeAgent(directory.resolve("agent.sock"));
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
  }

  private WatchedSecrets secrets(Duration timeout) {
    return WatchedSecrets.at(Optional.of(agent.socket()), timeout);
  }

  private static void assertRefused(ThrowingCallable read, Reason reason, String... said) {
    assertThatThrownBy(read)
        .isInstanceOfSatisfying(
            LatchkeyException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(said);
  }

  @Test
  void aReadAfterAChangeGivesTheNewValueAndTheChangeIsTold() {
    agent.put("orders-db", "username", "a", "password", "one");
    try (WatchedSecrets secrets = secrets(LONG)) {
      List<String> told = new CopyOnWriteArrayList<>();
      secrets.onChange(told::add);
      assertThat(secrets.text(PASSWORD)).isEqualTo("one");
      agent.put("orders-db", "username", "b", "password", "two");
      await().until(() -> told.equals(List.of("orders-db")));
      assertThat(secrets.text(PASSWORD)).isEqualTo("two");
      Credential both = secrets.credential("orders-db");
      assertThat(both.text("username") + both.text("password")).isEqualTo("btwo");
      assertThat(agent.watches()).isEqualTo(1);
      assertThat(secrets).hasToString("WatchedSecrets[orders-db]");
    }
    await().until(() -> agent.watches() == 0);
  }

  @Test
  void aChangeBeforeAnybodyListensIsToldToTheListenerThatComes() {
    agent.put("orders-db", "password", "one");
    try (WatchedSecrets secrets = secrets(LONG)) {
      assertThat(secrets.text(PASSWORD)).isEqualTo("one");
      agent.put("orders-db", "password", "two");
      await().until(() -> secrets.text(PASSWORD).equals("two"));
      List<String> told = new CopyOnWriteArrayList<>();
      secrets.onChange(told::add);
      await().until(() -> told.equals(List.of("orders-db")));
    }
  }

  @Test
  void everyListenerIsToldWhateverAnotherThrowsUntilItIsClosed() {
    agent.put("orders-db", "password", "one");
    agent.put("other", "value", "one");
    try (WatchedSecrets secrets = secrets(LONG);
        CapturedLog log = CapturedLog.of(Teller.class.getName())) {
      assertThat(secrets.text(PASSWORD)).isEqualTo("one");
      assertThat(secrets.credential("other").text("value")).isEqualTo("one");
      agent.put("orders-db", "password", "two");
      agent.put("other", "value", "two");
      await().until(() -> secrets.credential("other").text("value").equals("two"));
      await().until(() -> secrets.text(PASSWORD).equals("two"));
      List<String> thrown = new CopyOnWriteArrayList<>();
      secrets.onChange(
          secret -> {
            thrown.add(secret);
            if (thrown.size() <= 2) {
              throw new IllegalStateException(secrets.text(PASSWORD));
            }
          });
      List<String> told = new CopyOnWriteArrayList<>();
      Registration registration = secrets.onChange(told::add);
      await().until(() -> told.containsAll(List.of("orders-db", "other")));
      await("what threw to be told again").until(() -> thrown.size() == 4);
      assertThat(log.text()).contains("IllegalStateException").doesNotContain("two");
      registration.close();
      told.clear();
      agent.put("orders-db", "password", "three");
      await().until(() -> thrown.size() == 5);
      assertThat(told).isEmpty();
    }
  }

  @Test
  void aSecretThatIsLateIsWaitedFor() throws Exception {
    try (WatchedSecrets secrets = secrets(LONG)) {
      CompletableFuture<Void> started =
          CompletableFuture.runAsync(() -> secrets.require(Map.of(PASSWORD, "db.password")));
      await().until(() -> agent.watches() == 1);
      assertThat(started).isNotDone();
      agent.put("orders-db", "password", "late");
      started.get(30, java.util.concurrent.TimeUnit.SECONDS);
      assertThat(secrets.text(PASSWORD)).isEqualTo("late");
    }
  }

  @Test
  void whatDoesNotComeInTimeIsNamedWithThePropertiesThatAskForIt() {
    agent.put("here", "field", "value-of-it");
    try (WatchedSecrets secrets = secrets(SHORT)) {
      assertRefused(
          () ->
              secrets.require(
                  Map.of(
                      PASSWORD,
                      "db.password",
                      new SecretReference("here", "field"),
                      "fine.one",
                      new SecretReference("here", "other"),
                      "broken.one")),
          Reason.NOT_FOUND,
          "db.password asks for the secret orders-db, field password: There is no secret",
          "latchkey put",
          "broken.one asks for the secret here, field other",
          "it has [field]");
      assertThatThrownBy(() -> secrets.text(PASSWORD))
          .hasMessageContaining("${latchkey:orders-db#password} cannot be resolved")
          .hasMessageNotContaining("value-of-it");
      agent.put("orders-db", "password", "after all");
      await().until(() -> secrets.credential("orders-db").text("password").equals("after all"));
    }
  }

  @Test
  void aRefusalIsNotWaitedFor() {
    agent.deny("orders-db");
    try (WatchedSecrets secrets = secrets(Duration.ofDays(1))) {
      assertRefused(
          () -> secrets.require(Map.of(PASSWORD, "db.password")),
          Reason.DENIED,
          "db.password",
          "orders-db",
          "policies",
          "read and watch");
    }
  }

  @Test
  void anAgentThatIsNotThereIsToldWithItsSocket() {
    Path nowhere = directory.resolve("nowhere.sock");
    try (WatchedSecrets secrets = WatchedSecrets.at(Optional.of(nowhere), SHORT)) {
      assertRefused(
          () -> secrets.require(Map.of(PASSWORD, "db.password")),
          Reason.UNAVAILABLE,
          "is it running",
          nowhere.toString(),
          "latchkey.socket",
          "0.3 s");
    }
  }

  @Test
  void bytesThatAreNoTextAreRefusedAndNotMangled() {
    agent.putBytes("orders-db", "password", (byte) 0xff, (byte) 'x');
    try (WatchedSecrets secrets = secrets(LONG)) {
      assertRefused(() -> secrets.text(PASSWORD), Reason.INVALID_REQUEST, "not UTF-8");
      assertThat(secrets.credential("orders-db").bytes("password")).hasSize(2);
    }
  }

  @Test
  void nothingIsReadAfterTheEnd() {
    agent.put("orders-db", "password", "one");
    WatchedSecrets secrets = secrets(LONG);
    assertThat(secrets.text(PASSWORD)).isEqualTo("one");
    secrets.close();
    secrets.close();
    assertRefused(() -> secrets.text(PASSWORD), Reason.CLOSED, "closed");
    assertRefused(() -> secrets.credential("another"), Reason.CLOSED, "closed");
  }

  @Test
  void aTimeLimitOfNothingIsRefused() {
    assertRefused(() -> secrets(Duration.ZERO), Reason.INVALID_REQUEST, "latchkey.timeout");
  }
}
