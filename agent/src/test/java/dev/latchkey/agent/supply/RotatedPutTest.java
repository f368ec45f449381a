package dev.latchkey.agent.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.local.LocalBackend;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RotatedPutTest {

  private static final SecretName ROTATED = new SecretName("orders-db");
  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeTime time = new FakeTime();
  private final InMemoryVersionStore store = new InMemoryVersionStore();
  private final DeclaredCatalog catalog =
      new DeclaredCatalog(
          List.of(rotated("local"), rotated("remote")),
          List.of(new Mount("open/", "", "remote", HOUR, HOUR, true)),
          List.of(),
          Set.of());
  private final FakeBackend remote = new FakeBackend();
  private final Puts puts =
      new Puts(
          new CaffeineCurrent(
              store, new InMemoryTransactions(), new SilentAudit(), catalog, time, 1 << 20),
          new Backends(
              catalog, Map.of("local", new LocalBackend("local", store), "remote", remote)),
          time);

  private static Declaration rotated(String backend) {
    return new Declaration(
        new SecretName(ROTATED + "-" + backend),
        backend,
        backend,
        "database",
        true,
        HOUR,
        HOUR,
        true,
        "",
        Optional.of(
            new RotationDeclaration(
                "orders",
                List.of("orders_a", "orders_b"),
                "orders_owner",
                Optional.empty(),
                HOUR,
                HOUR)));
  }

  private static Supply.Put put(SecretName name) {
    return new Supply.Put(name, FakeBackend.text("x"), OptionalLong.empty(), "", "uid 0", "");
  }

  @Test
  void aRotatedSecretIsNotPutSinceThatGoesRoundProofOverlapAndRetirement() {
    for (String backend : List.of("local", "remote")) {
      SecretName name = new SecretName(ROTATED + "-" + backend);
      assertThatThrownBy(() -> puts.put(put(name)))
          .isInstanceOfSatisfying(
              SecretException.class,
              refused -> {
                assertThat(refused.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
                assertThat(refused.safeMessage())
                    .contains("adopt " + name)
                    .contains("rotate " + name + " --recover");
              });
    }
    assertThatThrownBy(() -> puts.put(put(new SecretName("open/remote"))))
        .as("the same path by the name that an open prefix gives it")
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("adopt " + ROTATED + "-remote takes over");
    assertThat(store.writes()).isZero();
    assertThat(remote.list("", "", 10)).isEmpty();
  }
}
