package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.FakeTime;
import dev.latchkey.testing.vault.FaultyProxy;
import io.github.jopenlibs.vault.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way a call can fail, and what is made of it. The proxies answer by themselves here. */
class VaultHttpTest {

  private static final String MARKER = "marker-token-77ab";

  private final FakeTime time = new FakeTime();
  private final FaultyProxy first = new FaultyProxy(URI.create("http://127.0.0.1:9"));
  private final FaultyProxy second = new FaultyProxy(URI.create("http://127.0.0.1:9"));
  private final VaultHttp http = http(first.address());
  private final VaultHttp both = http(first.address(), second.address());

  private VaultHttp http(URI... addresses) {
    return new VaultHttp(
        "vault",
        new VaultServers(
            List.of(addresses),
            "team-a",
            VaultTls.SYSTEM,
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            1000),
        time);
  }

  @AfterEach
  void close() {
    http.close();
    both.close();
    first.close();
    second.close();
  }

  private static JsonObject read(VaultHttp through) {
    return through.answer("kv/a", Optional.empty(), Optional.of(SecretValue.ofText(MARKER)));
  }

  private static SecretException failure(VaultHttp through) {
    return failure(() -> read(through));
  }

  private static SecretException failure(Runnable call) {
    SecretException failure = catchThrowableOfType(SecretException.class, call::run);
    assertThat(failure).isNotNull();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertThat(cause.toString()).doesNotContain(MARKER).doesNotContain("hidden");
    }
    return failure;
  }

  private void assertUnavailable(int requests) {
    SecretException failure = failure(http);
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure.retryDelay()).contains(Failures.USUAL_DELAY);
    assertThat(first.requests()).isEqualTo(requests);
  }

  @Test
  void aServerThatRefusesConnectionsIsUnavailable() {
    first.refuse();
    assertUnavailable(0);
    assertThat(http.health().level()).isEqualTo(ComponentHealth.Level.UNHEALTHY);
    assertThat(http.health().reason()).contains("cannot be reached");
  }

  @Test
  void onlyACallThatNoServerTookIsSaidToHaveDoneNothing() {
    first.answer(503, "{\"errors\":[\"Vault is sealed\"]}");
    second.refuse();
    assertThat(failure(both).nothingDone()).isTrue();
    first.answer(429, "{}");
    assertThat(failure(both).nothingDone()).isTrue();
    first.answer(500, "{}");
    assertThat(failure(both).nothingDone()).isFalse();
    first.drop();
    assertThat(failure(both).nothingDone()).isFalse();
  }

  @Test
  void aServerThatHangsIsUnavailableWhenTheTimeIsOver() {
    first.hang();
    assertUnavailable(1);
    assertThat(failure(http)).hasMessageContaining("in time");
  }

  @Test
  void anAnswerThatDripsIsUnavailableWhenTheTimeIsOver() {
    FaultyProxy drips = new FaultyProxy(first.address());
    first.answer(200, "{\"data\":{\"x\":\"" + "hidden".repeat(100) + "\"}}");
    drips.slow(Duration.ofMillis(20));
    try (VaultHttp slow = http(drips.address())) {
      assertThat(failure(slow)).hasMessageContaining("in time");
      drips.slow(Duration.ZERO);
      read(slow);
    } finally {
      drips.close();
    }
  }

  @Test
  void anAnswerCutOffIsUnavailableAndNotAskedForAgain() {
    FaultyProxy cuts = new FaultyProxy(first.address());
    first.answer(200, "{\"data\":{\"x\":\"hidden\"}}");
    cuts.cut();
    try (VaultHttp cut = http(cuts.address())) {
      assertThat(failure(cut)).hasMessageContaining("broke off");
      assertThat(cuts.requests()).isEqualTo(1);
    } finally {
      cuts.close();
    }
  }

  @Test
  void aConnectionThatIsDroppedIsUnavailable() {
    first.drop();
    assertThat(failure(http).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(first.requests()).isEqualTo(1);
  }

  @Test
  void aWriteOnAConnectionThatIsDroppedIsMadeOnce() {
    first.drop();
    SecretException failure =
        failure(() -> http.answer("kv/a", Optional.of(new JsonObject()), Optional.empty()));
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(first.requests()).isEqualTo(1);
  }

  @Test
  void aRefusedSizeThatTheServerTakesForItsOwnFaultIsARefusal() {
    first.answer(500, "{\"errors\":[\"JSON string value exceeds allowed length\"]}");
    assertThat(failure(http).reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(failure(http)).hasMessageContaining("(exceeds allowed length)");
  }

  @Test
  void aServerThatBreaksOffAGreatWriteIsNotTakenForGone() {
    first.drop();
    JsonObject great = new JsonObject().add("x", "y".repeat(1 << 20));
    SecretException failure =
        failure(() -> http.answer("kv/a", Optional.of(great), Optional.empty()));
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("as large as that");
    assertThat(failure.nothingDone()).isFalse();
    assertThat(http.health().reason()).isEmpty();
  }

  @Test
  void whatIsNotHttpIsUnavailable() {
    first.garbage();
    assertUnavailable(1);
  }

  @Test
  void whatIsNotJsonIsUnavailable() {
    first.answer(200, "<html>hidden</html>");
    assertUnavailable(1);
    assertThat(failure(http)).hasMessageContaining("does not answer as Vault does");
  }

  @Test
  void anAnswerOverTheBoundIsRefused() {
    first.answer(200, "{\"data\":{\"x\":\"" + "y".repeat(2000) + "\"}}");
    SecretException failure = failure(http);
    assertThat(failure.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
    assertThat(failure).hasMessageContaining("greater than 1000 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "400, INVALID_REQUEST",
    "401, BACKEND_REFUSED",
    "403, BACKEND_REFUSED",
    "404, NOT_FOUND",
    "405, UNSUPPORTED",
    "412, UNAVAILABLE",
    "418, INVALID_REQUEST",
    "429, LIMIT_EXCEEDED",
    "500, UNAVAILABLE",
    "502, UNAVAILABLE",
    "503, UNAVAILABLE",
  })
  void eachStatusHasItsReason(int status, Reason reason) {
    first.answer(status, "{\"errors\":[\"hidden\"]}");
    assertThat(failure(http).reason()).isEqualTo(reason);
    assertThat(failure(both).reason()).isEqualTo(reason);
    assertThat(first.requests()).isEqualTo(2);
    assertThat(second.requests()).isZero();
  }

  @Test
  void aRefusedLoginThatTheServerTakesForItsOwnFaultIsARefusal() {
    first.answer(500, "{\"errors\":[\"invalid secret id\"]}");
    assertThat(failure(http).reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(failure(http)).hasMessageContaining("(invalid secret id)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | 7",
        "0 | 1",
        "-3 | 1",
        "soon | 1",
        "99999999999999999999 | 1",
        "86400 | 600",
        "Thu, 01 Jan 2026 00:00:20 GMT | 20",
        "Thu, 01 Jan 2026 09:00:00 GMT | 600",
      })
  void theServersWaitIsKeptAsFarAsItCanBeBelieved(String header, int seconds) {
    first.answer(429, "{}", "Retry-After: " + header);
    assertThat(failure(http).retryDelay()).contains(Duration.ofSeconds(seconds));
    first.answer(503, "{}", "Retry-After: " + header);
    assertThat(failure(http).retryDelay()).contains(Duration.ofSeconds(seconds));
  }

  @Test
  void whatTheServerSaysIsShownOnlyIfItCanHoldNoValue() {
    first.answer(403, "{\"errors\":[\"1 error: permission denied for hidden\"]}");
    assertThat(failure(http)).hasMessageContaining("(permission denied)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "503 | {'errors':['Vault is sealed']} | is sealed",
        "503 | {'errors':['error: Vault is in standby mode']} | is on standby",
        "500 | {'errors':['local node not active but active cluster node not found']} | on standby",
        "472 | {} | is on standby",
        "473 | {} | is on standby",
        "307 | {} | is on standby",
        "501 | {} | is not initialised",
      })
  void aServerThatDoesNotWorkIsPassedOver(int status, String body, String told) {
    first.answer(status, body.replace('\'', '"'), "Location: " + second.address());
    second.answer(200, "{\"data\":{}}");
    assertThat(failure(http)).hasMessageContaining(told);
    assertThat(second.requests()).isZero();
    read(both);
    assertThat(both.health().level())
        .isEqualTo(
            told.endsWith("on standby")
                ? ComponentHealth.Level.HEALTHY
                : ComponentHealth.Level.DEGRADED);
    read(both);
    assertThat(first.requests()).as("the one that works is asked first").isEqualTo(2);
    assertThat(second.requests()).isEqualTo(2);
  }

  @Test
  void aServerThatCannotBeReachedIsPassedOver() {
    first.refuse();
    second.answer(200, "{\"data\":{}}");
    read(both);
    assertThat(both.health().level()).isEqualTo(ComponentHealth.Level.DEGRADED);
    assertThat(both.health().reason()).contains(first.address().toString());
    second.refuse();
    assertThat(failure(both).reason()).isEqualTo(Reason.UNAVAILABLE);
    first.heal();
    first.answer(200, "{\"data\":{}}");
    read(both);
    assertThat(both.health().level()).isEqualTo(ComponentHealth.Level.DEGRADED);
  }

  @Test
  void aCallThatMayHaveBeenDoneIsNotMadeElsewhere() {
    first.hang();
    second.answer(200, "{\"data\":{}}");
    assertThat(failure(both).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(second.requests()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "200, ACTIVE",
    "429, STANDBY",
    "472, STANDBY",
    "473, STANDBY",
    "501, UNINITIALISED",
    "503, SEALED",
    "500, FAILING",
    "400, ANSWERING",
    "403, ANSWERING",
    "404, ANSWERING",
  })
  void aProbeTellsStandbyFromSealed(int status, NodeState state) {
    first.answer(status, "{}");
    second.refuse();
    assertThat(both.probe())
        .containsEntry(first.address(), state)
        .containsEntry(second.address(), NodeState.UNREACHABLE);
  }

  @Test
  void connectionsAreUsedAgain() {
    first.answer(200, "{\"data\":{}}");
    for (int i = 0; i < 20; i++) {
      read(http);
    }
    assertThat(first.requests()).isEqualTo(20);
    assertThat(first.connections()).isEqualTo(1);
  }

  @Test
  void theNamespaceAndTheTokenAreSent() {
    first.answer(200, "{\"data\":{}}");
    read(http);
    assertThat(first.heads().getFirst())
        .containsIgnoringCase("X-Vault-Namespace: team-a")
        .containsIgnoringCase("X-Vault-Token: " + MARKER)
        .containsIgnoringCase("X-Vault-Request: true");
  }

  @Test
  void aPathIsSentAsItIsMeant() {
    first.answer(200, "{\"data\":{}}");
    http.answer("kv/a b?c#d%e/ü;f+g", Optional.empty(), Optional.empty());
    assertThat(first.requestLines().getFirst())
        .isEqualTo("GET /v1/kv/a%20b%3Fc%23d%25e/%C3%BC;f+g HTTP/1.1");
  }

  @Test
  void aTokenThatCannotBeSentIsNotTold() {
    first.answer(200, "{}");
    Optional<SecretValue> bad = Optional.of(SecretValue.ofText(MARKER + "\nX: y"));
    assertThat(failure(() -> http.answer("kv/a", Optional.empty(), bad)).reason())
        .isEqualTo(Reason.UNAVAILABLE);
    assertThat(first.requests()).isZero();
  }

  @Test
  void anInterruptedCallEndsAtOnceAndStaysInterrupted() throws Exception {
    first.hang();
    AtomicBoolean checked = new AtomicBoolean();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  assertThat(failure(http)).hasMessageContaining("interrupted");
                  assertThat(Thread.currentThread().isInterrupted()).isTrue();
                  checked.set(true);
                });
    Awaitility.await().until(() -> first.requests() == 1);
    caller.interrupt();
    assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
    assertThat(checked).isTrue();
  }

  @Test
  void closingEndsWhatIsUnderWayAndTakesNoMore() throws Exception {
    first.hang();
    AtomicBoolean checked = new AtomicBoolean();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  assertThat(failure(http).reason()).isEqualTo(Reason.UNAVAILABLE);
                  checked.set(true);
                });
    Awaitility.await().until(() -> first.requests() == 1);
    http.close();
    assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
    assertThat(checked).isTrue();
    assertThat(failure(http).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(first.requests()).isEqualTo(1);
  }

  @Test
  void noTextFormShowsABodyOrAToken() {
    JsonObject body = new JsonObject().add("password", "hidden");
    VaultRequest request = VaultRequest.write("kv/a", body).as(SecretValue.ofText(MARKER));
    assertThat(List.of(request, new Answer.Done(body), new Answer.Refused(400, body)).toString())
        .doesNotContain("hidden")
        .doesNotContain(MARKER);
  }
}
