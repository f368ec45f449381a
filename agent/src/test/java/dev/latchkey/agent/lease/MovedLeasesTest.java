package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.lease.Lease.Stage;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases of secrets that the next start declares otherwise, or not at all. */
class MovedLeasesTest {

  private static final LeaseDeclaration TERMS =
      new LeaseDeclaration(Duration.ofSeconds(15), false, false);
  private static final Declaration OTHER =
      LeaseWorld.declaration(new SecretName("other"), LeaseDeclaration.DEFAULT);
  private static final Caller CALLER = new Caller(1000, 1000, 1, Optional.empty());

  private final LeaseWorld world = new LeaseWorld(TERMS, 7);

  @BeforeEach
  void start() {
    world.backend.lives = () -> Duration.ofHours(1);
    world.backend.longest = Duration.ofDays(1);
    world.start();
  }

  private static Declaration at(String path) {
    return LeaseWorld.declaration(LeaseWorld.ORDERS, path, TERMS);
  }

  private boolean isListed(SecretName secret) {
    return world.ledger.list().stream().anyMatch(row -> row.lease().secret().equals(secret));
  }

  @Test
  void whatIsNotDeclaredAnyMoreAndNobodyHoldsIsGivenBackAtOnce() {
    world.restartWith(OTHER);
    assertThat(world.backend.living()).containsExactly("creds/other/2");
    assertThat(isListed(LeaseWorld.ORDERS)).isFalse();
  }

  @Test
  void whatIsNotDeclaredAnyMoreIsGivenBackWhenTheOverlapIsOver() {
    world.deliver(CALLER);
    world.restartWith(OTHER);
    assertThat(world.backend.living()).contains("creds/orders-db/1");
    world.time.advance(Duration.ofSeconds(29));
    assertThat(world.backend.living()).contains("creds/orders-db/1");
    world.time.advance(Duration.ofSeconds(2));
    assertThat(world.backend.living()).containsExactly("creds/other/2");
    assertThat(isListed(LeaseWorld.ORDERS)).isFalse();
    assertThat(world.current.history(LeaseWorld.ORDERS, 1).getFirst().expiresAt().orElseThrow())
        .as("a revoked credential is not served again, however it is asked for")
        .isBeforeOrEqualTo(world.time.now());
    world.time.advance(Duration.ofHours(1));
    assertThat(world.backend.living()).containsExactly("creds/other/2");
  }

  @Test
  void anotherPathGetsItsSuccessorFirstAndTheOldOneIsGivenBackOnceAcknowledged() {
    String subscription = world.deliver(CALLER);
    world.restartWith(at("creds/moved"));
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.backend.living()).containsExactly("creds/orders-db/1", "creds/moved/2");
    assertThat(world.stages()).containsExactlyInAnyOrder(Stage.RETIRING, Stage.HELD);
    world.deliver(CALLER);
    world.holders.acknowledge(CALLER, subscription, LeaseWorld.ORDERS, 2);
    assertThat(world.backend.living()).containsExactly("creds/moved/2");
    assertThat(world.stages()).containsExactly(Stage.HELD);
  }

  @Test
  void whileAnotherPathGivesNothingTheOldLeaseIsKeptAlive() {
    world.deliver(CALLER);
    world.backend.readFailure = SecretException.of(Reason.BACKEND_REFUSED, "not yet allowed");
    world.restartWith(at("creds/moved"));
    world.time.advance(Duration.ofHours(3));
    assertThat(world.read().id().version()).isEqualTo(1);
    assertThat(world.backend.living()).containsExactly("creds/orders-db/1");
    world.backend.readFailure = null;
    world.time.advance(Duration.ofMinutes(6));
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.backend.living()).hasSize(1).allMatch(id -> id.startsWith("creds/moved/"));
  }

  @Test
  void aPathThatLeasesNoMoreLetsTheOldLeaseGo() {
    world.deliver(CALLER);
    world.backend.leases = false;
    world.restartWith(at("kv/orders"));
    assertThat(world.read().id().version()).isEqualTo(2);
    assertThat(world.read().expiresAt()).isEmpty();
    assertThat(world.stages()).containsExactly(Stage.RETIRING);
    world.time.advance(Duration.ofSeconds(16));
    assertThat(world.backend.living()).isEmpty();
    assertThat(world.ledger.list()).isEmpty();
  }

  @Test
  void aLeaseOfABackendThatIsGoneIsListedUntilItEnds() {
    Declaration elsewhere =
        new Declaration(
            LeaseWorld.ORDERS,
            "second",
            "creds/orders",
            "database",
            true,
            Duration.ofHours(8),
            Duration.ofHours(4),
            false,
            "",
            Optional.empty(),
            TERMS);
    world.renamed = "second";
    world.restartWith(elsewhere);
    assertThat(world.read().id().version()).isEqualTo(2);
    world.time.advance(Duration.ofSeconds(16));
    assertThat(world.ledger.list())
        .filteredOn(row -> row.lease().stage() == Stage.REVOKING)
        .hasSize(1)
        .allMatch(row -> row.trouble().contains("grants no leases"));
    world.time.advance(Duration.ofHours(1));
    assertThat(world.stages()).containsExactly(Stage.HELD);
    assertThatThrownBy(() -> world.ledger.revoke("none", "uid 0"))
        .hasMessageContaining("latchkey lease list");
  }
}
