package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.backend.Circuit;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.FakeTime;
import dev.latchkey.testing.vault.FaultyProxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What opens the circuit before a Vault, what does not, and what is sent while it is open. */
class VaultCircuitTest {

  private static final String WORKS = "{\"data\":{}}";

  private final FakeTime time = new FakeTime();
  private final List<AgentEvent> events = new CopyOnWriteArrayList<>();
  private final FaultyProxy behind = new FaultyProxy(URI.create("http://127.0.0.1:9"));
  private final FaultyProxy first = new FaultyProxy(behind.address());
  private final FaultyProxy second = new FaultyProxy(behind.address());
  private final VaultHttp http = http(first.address());
  private final VaultHttp both = http(first.address(), second.address());

  private VaultHttp http(URI... addresses) {
    behind.answer(200, WORKS);
    return new VaultHttp(
        "vault",
        new VaultServers(
            List.of(addresses),
            "",
            VaultTls.SYSTEM,
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            1000),
        time,
        probe ->
            new Circuit(
                "vault",
                Circuit.Limits.USUAL,
                probe,
                time,
                time,
                new SplittableRandom(1),
                events::add));
  }

  @AfterEach
  void close() {
    http.close();
    both.close();
    first.close();
    second.close();
    behind.close();
    assertThat(time.pending()).isZero();
  }

  private static Optional<SecretException> failure(VaultHttp through) {
    return Optional.ofNullable(
        catchThrowableOfType(
            SecretException.class,
            () -> through.answer("kv/a", Optional.empty(), Optional.empty())));
  }

  private static long sent(FaultyProxy proxy, String part) {
    return proxy.requestLines().stream().filter(line -> line.contains(part)).count();
  }

  static Stream<Named<Consumer<FaultyProxy>>> outages() {
    return Stream.of(
        Named.of("refuses", FaultyProxy::refuse),
        Named.of("hangs", FaultyProxy::hang),
        Named.of("drops", FaultyProxy::drop),
        Named.of("talks garbage", FaultyProxy::garbage),
        Named.of("is no Vault", proxy -> proxy.answer(200, "<html></html>")),
        Named.of("is sealed", proxy -> proxy.answer(503, "{\"errors\":[\"Vault is sealed\"]}")),
        Named.of("is alone on standby", proxy -> proxy.answer(472, "{}")),
        Named.of("was never set up", proxy -> proxy.answer(501, "{}")),
        Named.of("stands behind a proxy that fails", proxy -> proxy.answer(502, "<html></html>")),
        Named.of("fails everything", proxy -> proxy.answer(500, "{\"errors\":[]}")));
  }

  @ParameterizedTest
  @MethodSource("outages")
  void anOutageOpensItAndItsEndIsNoticed(Consumer<FaultyProxy> outage) {
    outage.accept(first);
    for (int i = 0; i < 3; i++) {
      assertThat(failure(http)).isPresent();
    }
    time.advance(Duration.ZERO);
    for (int i = 0; i < 100; i++) {
      assertThat(failure(http).orElseThrow().nothingDone()).isTrue();
    }
    assertThat(sent(first, "kv/a")).isLessThanOrEqualTo(3);
    assertThat(http.health().level()).isEqualTo(ComponentHealth.Level.UNHEALTHY);
    assertThat(http.health().reason()).contains("circuit is open", first.address().toString());
    time.advance(Duration.ofSeconds(2));
    assertThat(sent(first, "kv/a")).isLessThanOrEqualTo(3);
    first.heal();
    time.advance(Duration.ofSeconds(2));
    assertThat(http.health().reason()).contains("half open");
    assertThat(failure(http)).isEmpty();
    assertThat(http.health().level()).isEqualTo(ComponentHealth.Level.HEALTHY);
    assertThat(events)
        .hasExactlyElementsOfTypes(AgentEvent.CircuitOpened.class, AgentEvent.CircuitClosed.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 405, 429})
  void aRefusalOpensNothing(int status) {
    first.answer(status, "{\"errors\":[]}");
    for (int i = 0; i < 20; i++) {
      assertThat(failure(http)).isPresent();
    }
    time.advance(Duration.ofMinutes(1));
    assertThat(first.requests()).isEqualTo(20);
    assertThat(events).isEmpty();
  }

  /** A database that is down makes its own path fail; nobody else's. */
  @Test
  void aPathThatFailsOpensNothingWhileTheServerSaysThatItWorks() {
    first.only("kv/a").answer(500, "{\"errors\":[\"1 error occurred\"]}");
    for (int i = 0; i < 20; i++) {
      assertThat(failure(http)).isPresent();
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(sent(first, "kv/a")).isEqualTo(20);
    assertThat(sent(first, "sys/health")).isLessThanOrEqualTo(20 / 3);
    assertThat(events).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404})
  void behindAGatewayThatHidesTheHealthARealCallDecides(int hidden) {
    first.answer(502, "<html></html>");
    for (int i = 0; i < 3; i++) {
      assertThat(failure(http)).isPresent();
    }
    first.only("sys/health").answer(hidden, "<html></html>");
    time.advance(Duration.ofSeconds(2));
    assertThat(http.health().reason()).contains("half open");
    assertThat(failure(http)).isEmpty();
    assertThat(http.health().level()).isEqualTo(ComponentHealth.Level.HEALTHY);
    first.only("").answer(502, "<html></html>");
    for (int i = 0; i < 3; i++) {
      assertThat(failure(http)).isPresent();
    }
    first.only("").answer(hidden == 403 ? 502 : 503, "<html></html>");
    time.advance(Duration.ofSeconds(2));
    assertThat(http.health().reason()).contains("circuit is open");
  }

  @Test
  void theProbeCarriesNoTokenAndHonoursTheServersWait() {
    first.answer(503, "{\"errors\":[\"Vault is sealed\"]}", "Retry-After: 20");
    for (int i = 0; i < 3; i++) {
      assertThat(failure(http)).isPresent();
    }
    time.advance(Duration.ofSeconds(19));
    assertThat(sent(first, "sys/health")).isZero();
    time.advance(Duration.ofSeconds(1));
    assertThat(sent(first, "sys/health")).isEqualTo(1);
    assertThat(first.heads().getLast()).doesNotContainIgnoringCase("x-vault-token");
    time.advance(Duration.ofSeconds(19));
    assertThat(sent(first, "sys/health")).isEqualTo(1);
  }

  static Stream<Named<Consumer<FaultyProxy>>> deaths() {
    return outages().filter(outage -> !outage.getName().equals("fails everything"));
  }

  @ParameterizedTest
  @MethodSource("deaths")
  void oneDeadServerOfTwoNeverOpensIt(Consumer<FaultyProxy> death) throws Exception {
    death.accept(first);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        var _ = threads.submit(() -> failure(both));
      }
    }
    for (int i = 0; i < 20; i++) {
      assertThat(failure(both)).isEmpty();
    }
    assertThat(events).isEmpty();
  }

  @Test
  void theServerThatAnswersTheProbeIsAskedFirst() {
    first.hang();
    second.refuse();
    for (int i = 0; i < 6; i++) {
      assertThat(failure(both)).isPresent();
    }
    assertThat(both.health().reason()).contains("circuit is open");
    second.heal();
    time.advance(Duration.ofSeconds(2));
    long asked = sent(first, "kv/a");
    assertThat(failure(both)).isEmpty();
    assertThat(sent(first, "kv/a")).isEqualTo(asked);
  }

  /** The JDK's client would repeat it by itself, and the server might grant a second lease. */
  @Test
  void aReadThatMayGrantALeaseIsSentOnceOnAConnectionThatIsDropped() {
    VaultRequest lease = VaultRequest.read("database/creds/app");
    http.ask(lease);
    first.drop();
    assertThat(catchThrowableOfType(SecretException.class, () -> http.ask(lease)).nothingDone())
        .as("the server may have done it")
        .isFalse();
    assertThat(sent(first, "database/creds/app")).isEqualTo(2);
    assertThat(first.heads().getFirst()).containsIgnoringCase("content-length: 0");
  }

  @Test
  void aLookUpIsSentOnceMoreOnAConnectionThatIsDropped() {
    VaultRequest lookUp = VaultRequest.lookUp("kv/data/a");
    http.ask(lookUp);
    first.drop();
    assertThat(catchThrowableOfType(SecretException.class, () -> http.ask(lookUp))).isNotNull();
    assertThat(sent(first, "kv/data/a")).isEqualTo(3);
  }

  /** The backoff of the probes is held to the requests that the server sees. */
  @Test
  void aProbeIsSentOnceOnAConnectionThatIsDropped() {
    http.probe();
    first.drop();
    long before = sent(first, "sys/health");
    http.probe();
    http.probe();
    assertThat(sent(first, "sys/health")).isEqualTo(before + 2);
  }

  @Test
  void aReadThatMayGrantALeaseGoesOnANewConnectionAfterTheOldOneEnded() {
    VaultRequest lease = VaultRequest.read("database/creds/app");
    http.ask(lease);
    first.refuse();
    assertThat(catchThrowableOfType(SecretException.class, () -> http.ask(lease)).nothingDone())
        .isTrue();
    first.heal();
    assertThat(http.ask(lease)).isInstanceOf(Answer.Done.class);
    assertThat(sent(first, "database/creds/app")).isEqualTo(2);
  }
}
