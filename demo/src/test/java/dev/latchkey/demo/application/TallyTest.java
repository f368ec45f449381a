package dev.latchkey.demo.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.demo.report.ApplicationEvent;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {

  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

  private final List<ApplicationEvent> told = new ArrayList<>();
  private final Tally tally = new Tally(told::add);

  @Test
  void tellsOfASessionOnlyOnce() {
    done("orders_a", 1);
    done("orders_a", 1);

    assertThat(told).containsExactly(new ApplicationEvent.Login(AT, "orders_a", 1));
    assertThat(tally.progress()).isEqualTo(new ApplicationEvent.Progress(6, 2, 0));
    assertThat(tally.transfers()).isEqualTo(2);
  }

  @Test
  void tellsOfAnotherRoleUnderTheSameServerProcess() {
    done("orders_a", 1);
    done("orders_b", 1);

    assertThat(told).last().isEqualTo(new ApplicationEvent.Login(AT, "orders_b", 1));
  }

  @Test
  void namesWhatTheServerSaidBelowWhatThePoolSaid() {
    tally.failed(
        AT,
        new SQLTransientConnectionException(
            "timed out", "08001", new SQLException("refused", "28P01")));

    assertThat(told)
        .containsExactly(
            new ApplicationEvent.Failure(AT, "28P01", "SQLTransientConnectionException"));
    assertThat(tally.progress().failed()).isEqualTo(1);
  }

  @Test
  void namesAFailureWithoutAnySqlState() {
    tally.failed(AT, new SQLException("odd"));

    assertThat(told).containsExactly(new ApplicationEvent.Failure(AT, "none", "SQLException"));
  }

  private void done(String user, int pid) {
    tally.done(AT, new Transaction.Done(new Transaction.Session(user, pid), 3, 1));
  }
}
