package dev.latchkey.demo.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.demo.report.ApplicationEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkerTest {

  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

  private final List<ApplicationEvent> told = new ArrayList<>();
  private final Tally tally = new Tally(told::add);

  @Test
  void countsWhateverATransactionThrowsAndGoesOn() {
    CountDownLatch stop = new CountDownLatch(1);
    new Worker(new Throwing(stop), new Mix(new Random(1)), tally, InstantSource.fixed(AT), stop)
        .run();

    assertThat(told)
        .containsExactly(
            new ApplicationEvent.Failure(AT, "none", "IllegalStateException"),
            new ApplicationEvent.Failure(AT, "none", "StackOverflowError"),
            new ApplicationEvent.Failure(AT, "28P01", "SQLException"));
    assertThat(tally.progress().failed()).isEqualTo(3);
  }

  /** Throws something else each time, then lets the worker stop. */
  private static final class Throwing implements Pool {

    private final CountDownLatch stop;
    private int taken;

    Throwing(CountDownLatch stop) {
      this.stop = stop;
    }

    @Override
    public Connection take() throws SQLException {
      taken++;
      if (taken == 1) {
        throw new IllegalStateException("a pool that is not as it should be");
      }
      if (taken == 2) {
        throw new StackOverflowError();
      }
      stop.countDown();
      throw new SQLException("refused", "28P01");
    }

    @Override
    public void close() {}
  }
}
