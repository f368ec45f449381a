package dev.latchkey.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.demo.report.ApplicationEvent;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObservationsTest {

  private static final Instant PUBLISHED = Instant.parse("2026-01-01T00:00:10Z");

  private final Observations observations = new Observations();

  @Test
  void countsOnlyLoginsOfTheNewRoleSinceThePublish() {
    login(-5, "orders_b", 1);
    login(1, "orders_a", 2);
    login(2, "orders_b", 3);
    login(3, "orders_b", 4);

    assertThat(observations.loginsSince("orders_b", PUBLISHED)).isEqualTo(2);
    assertThat(observations.firstUseSince("orders_b", PUBLISHED))
        .contains(PUBLISHED.plusSeconds(2));
    assertThat(observations.logins()).isEqualTo(4);
  }

  @Test
  void knowsNoFirstUseBeforeThereWasOne() {
    assertThat(observations.firstUseSince("orders_b", PUBLISHED)).isEmpty();
  }

  @Test
  void countsFailuresThatProgressHasNotToldYet() {
    failure("57P01");
    failure("28000");
    failure("57P01");

    assertThat(observations.failures()).isEqualTo(Map.of("57P01", 2, "28000", 1));
    assertThat(observations.failed()).isEqualTo(3);
  }

  @Test
  void takesItsLastCountsFromTheEnd() {
    observations.take(new ApplicationEvent.Progress(10, 9, 0));
    observations.take(new ApplicationEvent.Finished(20, 19, 0, true, "well"));

    assertThat(observations.progress()).isEqualTo(new ApplicationEvent.Progress(20, 19, 0));
    assertThat(observations.finished()).isPresent();
  }

  private void login(int secondsAfter, String user, int pid) {
    observations.take(new ApplicationEvent.Login(PUBLISHED.plusSeconds(secondsAfter), user, pid));
  }

  private void failure(String sqlState) {
    observations.take(new ApplicationEvent.Failure(PUBLISHED, sqlState, "PSQLException"));
  }
}
