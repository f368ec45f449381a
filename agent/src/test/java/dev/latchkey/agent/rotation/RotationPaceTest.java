package dev.latchkey.agent.rotation;

import static dev.latchkey.agent.rotation.RotationWorld.OVERLAP;
import static dev.latchkey.agent.rotation.RotationWorld.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What fails for long is tried again at the pace of the backoff, and never faster. */
final class RotationPaceTest {

  private static final int A_LOT = 200;

  @Test
  void aDueRotationThatCannotBeWrittenIsTriedAgainWithBackoff() {
    RotationWorld world = new RotationWorld(Optional.of(Duration.ofHours(24)));
    world.store.refuseSaves(true);
    world.time.advance(Duration.ofHours(24).minus(Duration.ofMinutes(1)));
    advanceInSmallSteps(world, Duration.ofHours(4));

    assertThat(world.store.refused()).isBetween(3, A_LOT);
    assertThat(world.state().waiting()).isEqualTo("waiting: the disk is full");
    assertThat(world.state().nextAt()).isPresent();
    world.store.refuseSaves(false);
    world.time.advance(Duration.ofMinutes(10));
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(2);
    assertThat(world.state().waiting()).doesNotContain("the disk is full");
  }

  @Test
  void theFirstRotationHasNoNextTimeUntilAPublishOrAFailureGivesOne() {
    RotationWorld world = new RotationWorld(Optional.of(Duration.ofHours(24)), true);
    assertThat(world.state().waiting()).startsWith("waiting: ");
    assertThat(world.state().nextAt()).isEmpty();
    world.time.advance(Duration.ofMinutes(1));
    assertThat(world.state().nextAt()).isEmpty();

    world.target.down(false);
    world.time.advance(Duration.ofMinutes(10));
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(1);
    assertThat(world.state().nextAt().orElseThrow()).isAfter(world.time.now());
  }

  @Test
  void aRetirementThatCannotBeJudgedIsTriedAgainWithBackoffAfterItsHardEnd() {
    RotationWorld world = new RotationWorld();
    world.rotate("").join();
    world.rotate("").join();
    world.current.spoil(SECRET);
    int before = world.current.reads();
    world.time.advance(OVERLAP.minus(Duration.ofSeconds(1)));
    int asked = world.current.reads() - before;
    advanceInSmallSteps(world, Duration.ofHours(1));

    assertThat(world.current.reads() - before - asked).isBetween(3, A_LOT);
    assertThat(world.target.role("orders_a").opens()).isTrue();
  }

  private static void advanceInSmallSteps(RotationWorld world, Duration length) {
    Duration step = Duration.ofSeconds(10);
    for (Duration done = Duration.ZERO; done.compareTo(length) < 0; done = done.plus(step)) {
      world.time.advance(step);
    }
  }
}
