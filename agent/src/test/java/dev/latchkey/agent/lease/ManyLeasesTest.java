package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Ten thousand leases for a day, or a month in the long run, on time that stands still. */
class ManyLeasesTest {

  private static final int SECRETS = 10_000;
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final Duration RUN =
      Boolean.getBoolean("latchkey.soak") ? Duration.ofDays(30) : Duration.ofHours(24);

  @Test
  void everyOneIsRenewedInTimeAndNoSecondIsCrowded() {
    List<Declaration> declarations = new ArrayList<>();
    for (int i = 0; i < SECRETS; i++) {
      declarations.add(LeaseWorld.declaration(new SecretName("db-" + i), LeaseDeclaration.DEFAULT));
    }
    LeaseWorld world = new LeaseWorld(declarations, 11);
    SplittableRandom lives = new SplittableRandom(5);
    world.backend.lives = () -> Duration.ofSeconds(600 + lives.nextLong(LONGEST.toSeconds() - 600));
    world.backend.longest = Duration.ofDays(365);
    world.start();
    assertThat(world.time.pending()).isLessThanOrEqualTo(2 * SECRETS + 10);
    world.time.advance(
        Duration.ofSeconds(1).minusNanos(1)); // Then a step is a second of the clock.
    long seconds = RUN.toSeconds();
    int most = 0;
    int before = 0;
    int atOneHour = 0;
    for (long second = 1; second <= seconds; second++) {
      world.time.advance(Duration.ofSeconds(1));
      int renewals = world.backend.renewals;
      if (second == 3600) {
        atOneHour = renewals;
      } else if (second > 3600) {
        most = Math.max(most, renewals - before);
      }
      before = renewals;
    }
    assertThat(world.backend.reads).as("every lease was renewed in time").isEqualTo(SECRETS);
    assertThat(world.backend.living()).hasSize(SECRETS);
    double mean = (double) (before - atOneHour) / (seconds - 3600);
    assertThat((double) most).as("mean %s a second", mean).isLessThanOrEqualTo(3 * mean);
  }
}
