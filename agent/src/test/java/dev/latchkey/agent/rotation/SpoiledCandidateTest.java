package dev.latchkey.agent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SpoiledCandidateTest {

  private final RotationWorld world = new RotationWorld();

  @Test
  void aRecoveryTakesANewPasswordWhereTheCandidateCannotBeOpened() {
    world.rotate("").join();
    world.target.down(true);
    world.rotate("").join();
    world.store.spoilCandidates();
    world.target.down(false);
    world.restart();

    assertThat(world.state().step()).isEqualTo(RotationStep.BLOCKED);
    assertThat(world.state().waiting()).contains("rotate orders-db --recover");
    assertThat(world.currentOpens()).isTrue();

    assertThat(world.recover().join().version()).isEqualTo(2);
    assertThat(world.currentOpens()).isTrue();
    world.time.advance(RotationWorld.OVERLAP);
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void aPlainRollbackNeedsAVersionBeforeTheCurrentOne() {
    world.rotate("").join();

    assertThat(world.rollback(0))
        .isCompletedExceptionally()
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withMessageContaining("there is no version before the current one");
  }
}
