package dev.latchkey.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacedTest {

  @Test
  void makesEveryCallOnce() throws Exception {
    Set<Integer> turns = ConcurrentHashMap.newKeySet();

    new Paced(4, 0).run(1000, turn -> assertThat(turns.add(turn)).isTrue());

    assertThat(turns).hasSize(1000);
  }

  @Test
  void sendsNothingBeforeItsTurn() throws Exception {
    long pace = TimeUnit.MILLISECONDS.toNanos(1);
    long begun = System.nanoTime();

    long took =
        new Paced(4, pace)
            .run(
                50,
                turn -> assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(turn * pace));

    assertThat(took).isGreaterThanOrEqualTo(49 * pace);
  }

  @Test
  void aFailedCallEndsTheRun() {
    assertThatThrownBy(
            () ->
                new Paced(2, 0)
                    .run(
                        10,
                        turn -> {
                          throw new IOException("refused");
                        }))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("refused");
  }
}
