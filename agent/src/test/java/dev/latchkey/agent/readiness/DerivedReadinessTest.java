package dev.latchkey.agent.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.Loader;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.ComponentHealth.Level;
import dev.latchkey.agent.readiness.Readiness.Condition;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DerivedReadinessTest {

  private static final SecretName NEEDED = new SecretName("needed");
  private static final SecretName OPTIONAL = new SecretName("optional");

  private final FakeTime time = new FakeTime();
  private final DeclaredCatalog catalog =
      new DeclaredCatalog(
          List.of(declared(NEEDED, true), declared(OPTIONAL, false)),
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
  private ComponentHealth component = ComponentHealth.healthy("backend");
  private final List<Boolean> turns = new ArrayList<>();
  private final DerivedReadiness readiness =
      new DerivedReadiness(current, catalog, List.of(() -> component), time, time);

  private static Declaration declared(SecretName name, boolean required) {
    return new Declaration(
        name,
        "remote",
        name.text(),
        "static",
        required,
        Duration.ofHours(1),
        Duration.ofMinutes(5),
        false,
        "",
        Optional.empty());
  }

  @BeforeEach
  void start() {
    current.start(new NoLoader());
    var _ = readiness.onTurn(report -> turns.add(report.ready()));
    readiness.start();
  }

  @AfterEach
  void noTimerIsLeft() throws Exception {
    readiness.close();
    assertThat(time.pending()).isZero();
  }

  private void publish(SecretName name, String value) {
    current.publish(
        Change.byAgent(name, FakeBackend.text(value), Cause.PUT, time.now()), Alongside.NOTHING);
  }

  private Readiness.SecretHealth needed() {
    return readiness.report().secrets().getFirst();
  }

  @Test
  void isNotReadyBeforeEveryRequiredSecretWasFreshAndSaysWhichIsNot() {
    assertThat(readiness.report().ready()).isFalse();
    assertThat(readiness.report().level()).isEqualTo(Level.UNHEALTHY);
    assertThat(needed())
        .isEqualTo(
            new Readiness.SecretHealth(NEEDED, true, Condition.UNAVAILABLE, "not loaded yet"));
    current.turnStale(NEEDED, "the backend cannot be reached");
    assertThat(needed().reason()).isEqualTo("the backend cannot be reached");
  }

  @Test
  void isReadyOnceEveryRequiredSecretIsFreshAndTellsTheTurn() {
    publish(NEEDED, "a");
    assertThat(readiness.report().ready()).isTrue();
    assertThat(readiness.report().level()).isEqualTo(Level.DEGRADED);
    publish(OPTIONAL, "b");
    assertThat(readiness.report().level()).isEqualTo(Level.HEALTHY);
    assertThat(turns).containsExactly(true);
  }

  @Test
  void staysReadyWhileStaleAndTurnsWhenNothingUsableIsLeftByTimeAlone() {
    publish(NEEDED, "a");
    current.turnStale(NEEDED, "down");
    assertThat(readiness.report().ready()).isTrue();
    assertThat(needed().condition()).isEqualTo(Condition.STALE);
    time.advance(Duration.ofMinutes(61));
    assertThat(readiness.report().ready()).isFalse();
    assertThat(needed().condition()).isEqualTo(Condition.UNAVAILABLE);
    assertThat(needed().reason()).isEqualTo("down");
    assertThat(turns).containsExactly(true, false);
  }

  @Test
  void comesBackWhenASecretIsUsableAgain() {
    publish(NEEDED, "a");
    time.advance(Duration.ofMinutes(61));
    publish(NEEDED, "b");
    assertThat(turns).containsExactly(true, false, true);
  }

  @Test
  void aComponentsHealthShowsInTheLevelButNotInReadiness() {
    publish(NEEDED, "a");
    publish(OPTIONAL, "b");
    component = ComponentHealth.unhealthy("backend", "cannot be reached");
    assertThat(readiness.report().ready()).isTrue();
    assertThat(readiness.report().level()).isEqualTo(Level.UNHEALTHY);
    assertThat(readiness.report().components()).containsExactly(component);
  }

  private static final class NoLoader implements Loader {

    @Override
    public SecretState load(SecretName name) {
      throw new AssertionError("nothing is loaded here");
    }

    @Override
    public SecretState loadVersion(SecretName name, String backendVersion) {
      throw new AssertionError("nothing is loaded here");
    }
  }
}
