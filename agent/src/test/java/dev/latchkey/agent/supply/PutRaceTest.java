package dev.latchkey.agent.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Writable;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.Published;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A refresh that comes through the door between a put's write and its own passage. */
class PutRaceTest {

  private static final SecretName MAIL = new SecretName("mail");
  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeTime time = new FakeTime();
  private final FakeBackend kept = new FakeBackend().with("mail", "one");
  private final Hooked remote = new Hooked();
  private final SilentAudit audit = new SilentAudit();
  private final DeclaredCatalog catalog =
      new DeclaredCatalog(
          List.of(
              new Declaration(
                  MAIL, "remote", "mail", "static", true, HOUR, HOUR, true, "", Optional.empty())),
          List.of(),
          List.of(),
          Set.of());
  private final CaffeineCurrent current =
      new CaffeineCurrent(
          new InMemoryVersionStore(), new InMemoryTransactions(), audit, catalog, time, 1 << 20);
  private final BackendSupply supply =
      new BackendSupply(
          current,
          catalog,
          Map.of("remote", remote),
          new NoLeases(),
          (target, login) -> {},
          time,
          time,
          new SplittableRandom(1),
          new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
          event -> {},
          Runnable::run);

  PutRaceTest() {
    current.start(supply);
    var _ = current.read(MAIL);
  }

  @AfterEach
  void close() throws Exception {
    supply.close();
  }

  private void refresh() {
    BackendRead newest = kept.read("mail", Optional.empty());
    var _ =
        current.publish(
            new Change(
                MAIL,
                newest.content(),
                newest.lifetime(),
                newest.version(),
                time.now(),
                Optional.empty(),
                0,
                Cause.LOAD,
                OptionalLong.empty(),
                "",
                "agent",
                ""),
            Alongside.NOTHING);
  }

  private Published put(String value, long expected) {
    return supply.put(
        new Supply.Put(
            MAIL, FakeBackend.text(value), OptionalLong.of(expected), "r1", "uid 0", ""));
  }

  @Test
  void aPutThatTheBackendTookIsNoConflictThoughARefreshPublishedItFirst() {
    remote.afterPut = this::refresh;
    assertThat(put("two", 1).state().content()).isEqualTo(FakeBackend.text("two"));
    assertThat(current.read(MAIL).state().id().version()).isEqualTo(2);
    assertThat(kept.newest("mail")).isEqualTo("2");
    assertThat(put("two", 1).changed()).as("a repeat").isFalse();
    assertThat(kept.newest("mail")).isEqualTo("2");
  }

  @Test
  void aPutIsNotMadeCurrentAfterALaterVersionAndIsAudited() {
    remote.afterPut =
        () -> {
          kept.with("mail", "three");
          refresh();
        };
    Published published = put("two", 1);
    assertThat(published.changed()).isFalse();
    assertThat(current.read(MAIL).state().content()).isEqualTo(FakeBackend.text("three"));
    assertThat(audit.changes().getLast().operation()).isEqualTo("put");
    assertThat(audit.changes().getLast().detail()).contains("version 2, older than");
  }

  @Test
  void aPutThatExpectsAnotherVersionThanTheCurrentIsAConflictAndWritesNothing() {
    assertThatThrownBy(() -> put("two", 7))
        .isInstanceOfSatisfying(
            SecretException.class, lost -> assertThat(lost.reason()).isEqualTo(Reason.CONFLICT));
    kept.with("mail", "somebody else's");
    assertThatThrownBy(() -> put("two", 1))
        .isInstanceOfSatisfying(
            SecretException.class, lost -> assertThat(lost.reason()).isEqualTo(Reason.CONFLICT));
    assertThat(kept.newest("mail")).isEqualTo("2");
  }

  /** A manager after whose writes something happens before their answer is used. */
  private final class Hooked implements Backend, Writable {

    private Runnable afterPut = () -> {};

    @Override
    public BackendRead read(String path, Optional<String> version) {
      return kept.read(path, version);
    }

    @Override
    public boolean ordersVersions() {
      return true;
    }

    @Override
    public String put(String path, SecretContent content, Optional<String> expected) {
      String version = kept.put(path, content, expected);
      afterPut.run();
      return version;
    }

    @Override
    public ComponentHealth health() {
      return ComponentHealth.healthy("hooked");
    }
  }
}
