package dev.latchkey.agent.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.catalog.SourceDeclaration;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A manager that changes passwords by itself, against fake time. */
class TurnedLoginsTest {

  private static final SecretName ORDERS = new SecretName("orders");
  private static final SecretName UNPROVABLE = new SecretName("unprovable");
  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeTime time = new FakeTime();
  private final List<Instant> reads = new ArrayList<>();
  private final List<String> proved = new ArrayList<>();
  private SecretContent content = FakeBackend.text("one");
  private SecretContent opens = content;
  private Instant changesAt = time.now().plus(Duration.ofMinutes(10));
  private final DeclaredCatalog catalog =
      new DeclaredCatalog(
          List.of(declared(ORDERS, Optional.of("shop")), declared(UNPROVABLE, Optional.empty())),
          List.of(),
          List.of(),
          Set.of());
  private final CaffeineCurrent current =
      new CaffeineCurrent(
          new InMemoryVersionStore(),
          new InMemoryTransactions(),
          new SilentAudit(),
          catalog,
          time,
          1 << 20);
  private final BackendSupply supply =
      new BackendSupply(
          current,
          catalog,
          Map.of("remote", new Turning()),
          new NoLeases(),
          this::prove,
          time,
          time,
          new SplittableRandom(1),
          new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
          event -> {},
          Runnable::run);

  private static Declaration declared(SecretName name, Optional<String> target) {
    return new Declaration(
        name,
        "remote",
        name.text(),
        "database",
        false,
        HOUR,
        HOUR,
        false,
        "",
        Optional.empty(),
        LeaseDeclaration.DEFAULT,
        new SourceDeclaration(target, Optional.empty()));
  }

  TurnedLoginsTest() {
    current.start(supply);
  }

  @AfterEach
  void noTimerIsLeft() throws Exception {
    supply.close();
    assertThat(time.pending()).isZero();
  }

  /** A manager with one login. */
  private final class Turning implements Backend {

    @Override
    public BackendRead read(String path, Optional<String> version) {
      reads.add(time.now());
      return new BackendRead(content, "", new Lifetime.Unleased(), "", Optional.of(changesAt));
    }

    @Override
    public boolean ordersVersions() {
      return true;
    }

    @Override
    public ComponentHealth health() {
      return ComponentHealth.healthy("turning");
    }
  }

  private void prove(String target, SecretContent login) {
    proved.add(target);
    if (!login.equals(opens)) {
      throw SecretException.of(Reason.UNAVAILABLE, "the new password is refused");
    }
  }

  private void turn(String text) {
    content = FakeBackend.text(text);
    opens = content;
    changesAt = time.now().plus(Duration.ofMinutes(10));
  }

  private Held held() {
    return current.peek(ORDERS).orElseThrow();
  }

  @Test
  void isReadJustAfterTheChangeIsDueAndNotAtThePaceOfTheRefresh() {
    current.read(ORDERS);
    time.advance(Duration.ofMinutes(10));
    assertThat(reads).hasSize(1);
    turn("two");
    time.advance(Duration.ofSeconds(1));
    assertThat(held().state().content()).isEqualTo(content);
    assertThat(held().stale()).isFalse();
    assertThat(reads).hasSize(2);
    time.advance(Duration.ofMinutes(9));
    assertThat(reads).hasSize(2);
  }

  @Test
  void anOverdueChangeIsLookedForOftenThenEverMoreRarely() {
    current.read(ORDERS);
    time.advance(Duration.ofMinutes(10).plusSeconds(6));
    assertThat(reads).hasSizeBetween(11, 14);
    time.advance(Duration.ofHours(1));
    assertThat(reads).hasSizeBetween(25, 40);
    assertThat(proved).as("what is held needs no other proof").hasSize(1);
    turn("two");
    time.advance(HOUR);
    assertThat(held().state().content()).isEqualTo(content);
  }

  @Test
  void aPasswordThatChangedBetweenReadAndProofIsReadAgainAndTheOldOneServedAsStale() {
    current.read(ORDERS);
    SecretContent before = content;
    time.advance(Duration.ofMinutes(10));
    turn("two");
    opens = FakeBackend.text("three");
    time.advance(Duration.ofMillis(500));
    assertThat(held().state().content()).isEqualTo(before);
    assertThat(held().stale()).isTrue();
    assertThat(current.reason(ORDERS)).contains("refused");
    turn("three");
    time.advance(Duration.ofSeconds(5));
    assertThat(held().state().content()).isEqualTo(content);
    assertThat(held().stale()).isFalse();
    assertThat(proved).containsOnly("shop").hasSizeBetween(3, 6);
  }

  @Test
  void aPasswordThatOpensNothingIsNeverPublished() {
    opens = FakeBackend.text("other");
    SecretException failure =
        catchThrowableOfType(SecretException.class, () -> current.read(ORDERS));
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure.retryDelay()).isPresent();
    assertThat(current.held(ORDERS)).isEmpty();
  }

  @Test
  void withoutATargetItIsRefusedWithWhatToDo() {
    SecretException failure =
        catchThrowableOfType(SecretException.class, () -> current.read(UNPROVABLE));
    assertThat(failure.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
    assertThat(failure.safeMessage()).contains("declare it under secrets: with the target");
    assertThat(proved).isEmpty();
  }
}
