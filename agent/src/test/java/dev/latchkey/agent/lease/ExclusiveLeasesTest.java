package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.lease.Lease.Stage;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of an intent whose answer was lost, or was none. */
class ExclusiveLeasesTest {

  private static final LeaseDeclaration EXCLUSIVE =
      new LeaseDeclaration(Duration.ofSeconds(15), false, true);
  private static final SecretName SECOND = new SecretName("second");
  private static final String PATH = "creds/shared";

  private final LeaseWorld world =
      new LeaseWorld(
          List.of(
              LeaseWorld.declaration(LeaseWorld.ORDERS, PATH, EXCLUSIVE),
              LeaseWorld.declaration(SECOND, PATH, EXCLUSIVE)),
          7);

  private boolean hasIntent(SecretName secret) {
    return world.ledger.list().stream()
        .anyMatch(
            row -> row.lease().secret().equals(secret) && row.lease().stage() == Stage.INTENT);
  }

  @Test
  void theLeaseOfAnotherSecretUnderTheSamePathIsLeftAlone() {
    world.backend.lives = () -> Duration.ofHours(1);
    world.backend.losesAnswers = true;
    world.start();
    world.backend.losesAnswers = false;
    world.time.advance(Duration.ofSeconds(5));
    assertThat(world.current.read(SECOND).state().id().version()).isEqualTo(1);
    assertThat(world.read().id().version()).isEqualTo(1);
    assertThat(world.backend.living()).as("two held, two lost").hasSize(4);
    world.time.advance(Duration.ofSeconds(15));
    assertThat(hasIntent(LeaseWorld.ORDERS)).isFalse();
    assertThat(hasIntent(SECOND)).isFalse();
    assertThat(world.backend.living())
        .containsExactlyInAnyOrderElementsOf(
            world.ledger.list().stream().map(row -> row.lease().leaseId()).toList());
    assertThat(world.stages()).containsExactly(Stage.HELD, Stage.HELD);
  }

  @Test
  void aLeaseThatIsGrantedAfterTheCallWasGivenUpIsFoundToo() {
    LeaseWorld alone = new LeaseWorld(EXCLUSIVE, 7);
    alone.backend.lives = () -> Duration.ofHours(1);
    alone.backend.losesAnswers = true;
    alone.start();
    alone.backend.losesAnswers = false;
    alone.time.advance(Duration.ofSeconds(9));
    alone.backend.grantLate("creds/orders-db");
    alone.time.advance(Duration.ofSeconds(1));
    alone.time.advance(Duration.ofSeconds(10));
    assertThat(alone.stages()).containsExactly(Stage.HELD);
    assertThat(alone.backend.living()).hasSize(1);
  }

  /** With its lookups, its logins and its wait for a place a read takes longer than one call. */
  @Test
  void theLeaseOfACallThatIsStillUnderWayIsLeftAlone() {
    world.backend.lives = () -> Duration.ofHours(1);
    world.backend.losesAnswers = true;
    world.start();
    world.backend.losesAnswers = false;
    assertThat(world.stages()).containsExactly(Stage.INTENT, Stage.INTENT);
    world.backend.onTheWay = () -> world.time.advance(Duration.ofSeconds(40));
    world.time.advance(Duration.ofSeconds(5));
    assertThat(world.current.read(SECOND).state().id().version()).isEqualTo(1);
    assertThat(world.backend.living())
        .containsAll(
            world.ledger.list().stream()
                .filter(row -> row.lease().stage() == Stage.HELD)
                .map(row -> row.lease().leaseId())
                .toList());
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.stages()).containsExactly(Stage.HELD, Stage.HELD);
    assertThat(world.backend.living()).hasSize(2);
  }

  /** Its lease may be granted when the call has long been under way, and later still. */
  @Test
  void theLimitCountsFromTheEndOfTheCall() {
    LeaseWorld alone = new LeaseWorld(EXCLUSIVE, 7);
    alone.backend.lives = () -> Duration.ofHours(1);
    alone.backend.losesAnswers = true;
    alone.backend.onTheWay = () -> alone.time.advance(Duration.ofSeconds(40));
    alone.start();
    alone.backend.losesAnswers = false;
    alone.time.advance(Duration.ofSeconds(1));
    alone.time.advance(Duration.ofSeconds(6));
    alone.backend.grantLate("creds/orders-db");
    alone.time.advance(Duration.ofSeconds(20));
    assertThat(alone.stages()).containsExactly(Stage.HELD);
    assertThat(alone.backend.living()).hasSize(1);
  }

  @Test
  void aCallThatWasCertainlyNotMadeLeavesNoIntent() {
    world.backend.failure =
        SecretException.of(Reason.UNAVAILABLE, "nobody listens there").ofNothingDone();
    world.start();
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.ledger.list()).isEmpty();
    world.backend.failure = SecretException.of(Reason.UNAVAILABLE, "no answer in time");
    world.time.advance(Duration.ofMinutes(2));
    assertThat(world.stages()).containsExactly(Stage.INTENT, Stage.INTENT);
  }

  @Test
  void aRefusalLeavesNoIntent() {
    world.backend.failure = SecretException.of(Reason.BACKEND_REFUSED, "permission denied");
    world.start();
    assertThat(world.ledger.list()).isEmpty();
  }

  @Test
  void anAnswerThatCannotBeTakenMayHaveGrantedSomething() {
    world.backend.failure = SecretException.of(Reason.LIMIT_EXCEEDED, "the answer is too large");
    world.start();
    assertThat(world.stages()).containsExactly(Stage.INTENT, Stage.INTENT);
  }
}
