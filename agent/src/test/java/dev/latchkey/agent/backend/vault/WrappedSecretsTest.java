package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.backend.AskedTokens;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.catalog.SourceDeclaration;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.login.vault.InMemoryOneTimeStore;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.supply.BackendSupply;
import dev.latchkey.agent.supply.Supply;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import dev.latchkey.testing.vault.FaultyProxy;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrapping tokens of a real Vault, delivered in files and opened once. */
class WrappedSecretsTest {

  private static final SecretName ORDERS = new SecretName("orders");
  private static final SecretName MAIL = new SecretName("mail");
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path directory;
  private final FakeTime time = new FakeTime();
  private final VaultAdmin admin = new VaultAdmin(RealVault.shared());
  private final FaultyProxy proxy = new FaultyProxy(RealVault.shared().address());
  private final VaultHttp http = new VaultHttp("vault", VaultServers.at(proxy.address()), time);
  private final VaultBackend backend =
      new VaultBackend(
          http,
          new FixedTokens(admin.root()),
          VaultOptions.NONE,
          Optional.of(
              new AskedTokens("vault", new InMemoryOneTimeStore(), new InMemoryTransactions())),
          time);
  private final String kv = admin.mountKeyValue(2);
  private final InMemoryVersionStore store = new InMemoryVersionStore();
  private final List<AgentEvent> events = new CopyOnWriteArrayList<>();
  private CaffeineCurrent current;
  private BackendSupply supply;

  @BeforeEach
  void start() {
    DeclaredCatalog catalog =
        new DeclaredCatalog(
            List.of(declared(ORDERS, Optional.empty()), declared(MAIL, Optional.of(kv + "mail"))),
            List.of(),
            List.of(),
            Set.of());
    current =
        new CaffeineCurrent(
            store, new InMemoryTransactions(), new SilentAudit(), catalog, time, 1 << 20);
    supply =
        new BackendSupply(
            current,
            catalog,
            Map.of("vault", backend),
            new NoLeases(),
            (target, login) -> {},
            time,
            time,
            new SplittableRandom(1),
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
            events::add,
            Runnable::run);
    current.start(supply);
  }

  private Declaration declared(SecretName name, Optional<String> createdAt) {
    return new Declaration(
        name,
        "vault",
        name.text(),
        "static",
        false,
        HOUR,
        Duration.ofMinutes(5),
        true,
        "",
        Optional.empty(),
        LeaseDeclaration.DEFAULT,
        new SourceDeclaration(
            Optional.empty(), Optional.of(new SourceDeclaration.Wrapped(file(name), createdAt))));
  }

  private Path file(SecretName name) {
    return directory.resolve(name.text());
  }

  @AfterEach
  void stop() throws Exception {
    supply.close();
    http.close();
    proxy.close();
    admin.close();
  }

  /** Writes a value, has it wrapped, and delivers the token. */
  private String deliver(SecretName name, String value) throws IOException {
    backend.put(kv + name.text(), FakeBackend.text(value), Optional.empty());
    String token = admin.wrapped("GET", kv + "data/" + name.text());
    Files.writeString(file(name), token + "\n");
    return token;
  }

  private long unwrappings() {
    return proxy.requestLines().stream().filter(line -> line.contains("unwrap")).count();
  }

  private Held held(SecretName name) {
    return current.peek(name).orElseThrow();
  }

  private SecretException failure(SecretName name) {
    return catchThrowableOfType(SecretException.class, () -> current.read(name));
  }

  @Test
  void aTokenThatComesLaterIsOpenedOnceAndItsValueStays() throws Exception {
    supply.start();
    SecretException early = failure(ORDERS);
    assertThat(early.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(early.retryDelay()).isPresent();
    deliver(ORDERS, "one");
    time.advance(Duration.ofMinutes(2));
    assertThat(held(ORDERS).state().content()).isEqualTo(FakeBackend.text("one"));
    time.advance(Duration.ofDays(1));
    assertThat(held(ORDERS).stale()).isFalse();
    Files.delete(file(ORDERS));
    time.advance(Duration.ofDays(1));
    assertThat(held(ORDERS).stale()).isFalse();
    assertThat(unwrappings()).isEqualTo(1);
    assertThat(events).isEmpty();
  }

  @Test
  void anotherTokenBringsAnotherVersion() throws Exception {
    deliver(ORDERS, "one");
    current.read(ORDERS);
    deliver(ORDERS, "two");
    time.advance(Duration.ofMinutes(6));
    assertThat(held(ORDERS).state().content()).isEqualTo(FakeBackend.text("two"));
    assertThat(held(ORDERS).state().id().version()).isEqualTo(2);
    deliver(ORDERS, "two");
    time.advance(Duration.ofMinutes(20));
    assertThat(held(ORDERS).state().id().version()).as("the same value").isEqualTo(2);
    assertThat(unwrappings()).isEqualTo(3);
    assertThat(events).isEmpty();
  }

  @Test
  void aRestartOpensNothingTwice() throws Exception {
    deliver(ORDERS, "one");
    current.read(ORDERS);
    supply.close();
    start();
    supply.start();
    time.advance(Duration.ofMinutes(20));
    assertThat(held(ORDERS).state().content()).isEqualTo(FakeBackend.text("one"));
    assertThat(held(ORDERS).stale()).isFalse();
    assertThat(unwrappings()).isEqualTo(1);
    assertThat(events).isEmpty();
  }

  @Test
  void aTokenThatSomebodyElseOpenedIsToldLoudlyAndOnce() throws Exception {
    deliver(ORDERS, "one");
    current.read(ORDERS);
    String token = deliver(ORDERS, "two");
    assertThat(backend.unwrap(SecretValue.ofText(token)).content())
        .isEqualTo(FakeBackend.text("two"));
    time.advance(Duration.ofMinutes(6));
    assertThat(held(ORDERS).state().content()).isEqualTo(FakeBackend.text("one"));
    assertThat(held(ORDERS).stale()).isTrue();
    assertThat(current.reason(ORDERS)).contains("somebody else has opened it", "wrap anew");
    time.advance(Duration.ofMinutes(20));
    assertThat(spent()).hasSize(1);
    assertThat(spent().getFirst().severity()).isEqualTo(AgentEvent.Severity.ERROR);
    assertThat(spent().getFirst().message()).doesNotContain(token);
    deliver(ORDERS, "three");
    time.advance(Duration.ofMinutes(6));
    assertThat(held(ORDERS).state().content()).isEqualTo(FakeBackend.text("three"));
    assertThat(held(ORDERS).stale()).isFalse();
  }

  private List<AgentEvent> spent() {
    return events.stream().filter(AgentEvent.WrappingTokenSpent.class::isInstance).toList();
  }

  @Test
  void anAnswerThatTheAgentLostIsNoInterception() throws Exception {
    deliver(ORDERS, "one");
    proxy.only("unwrap").alter(body -> "{\"cut");
    assertThat(failure(ORDERS).reason()).isEqualTo(Reason.UNAVAILABLE);
    proxy.heal();
    supply.close();
    start();
    supply.start();
    time.advance(Duration.ofMinutes(20));
    assertThat(current.reason(ORDERS)).contains("opened by this agent", "answer was lost");
    assertThat(spent()).isEmpty();
    String token = deliver(ORDERS, "two");
    assertThat(backend.unwrap(SecretValue.ofText(token)).content())
        .isEqualTo(FakeBackend.text("two"));
    time.advance(Duration.ofMinutes(20));
    assertThat(current.reason(ORDERS)).contains("somebody else has opened it");
    assertThat(spent()).hasSize(1);
  }

  @Test
  void whatWasWrappedAtAnotherPathIsNotOpened() throws Exception {
    deliver(MAIL, "right");
    assertThat(current.read(MAIL).state().content()).isEqualTo(FakeBackend.text("right"));
    backend.put(kv + "other", FakeBackend.text("planted"), Optional.empty());
    String token = admin.wrapped("GET", kv + "data/other");
    Files.writeString(file(MAIL), token);
    time.advance(Duration.ofMinutes(6));
    assertThat(held(MAIL).state().content()).isEqualTo(FakeBackend.text("right"));
    assertThat(current.reason(MAIL)).contains("wrapped at another path");
    assertThat(spent()).hasSize(1);
    assertThat(unwrappings()).isEqualTo(1);
  }

  @Test
  void anOutageIsNoInterceptionAndTheTokenIsOpenedLater() throws Exception {
    deliver(MAIL, "one");
    proxy.refuse();
    assertThat(failure(MAIL).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(spent()).isEmpty();
    proxy.heal();
    time.advance(Duration.ofMinutes(2));
    assertThat(current.read(MAIL).state().content()).isEqualTo(FakeBackend.text("one"));
  }

  @Test
  void itHasNoPathToWriteToOrVersionToAskFor() throws Exception {
    deliver(ORDERS, "one");
    current.read(ORDERS);
    Supply.Put put =
        new Supply.Put(ORDERS, FakeBackend.text("mine"), OptionalLong.empty(), "", "uid 0", "");
    assertThat(catchThrowableOfType(SecretException.class, () -> supply.put(put)).reason())
        .isEqualTo(Reason.UNSUPPORTED);
    assertThat(
            catchThrowableOfType(SecretException.class, () -> current.readVersion(ORDERS, "1"))
                .reason())
        .isEqualTo(Reason.UNSUPPORTED);
  }
}
