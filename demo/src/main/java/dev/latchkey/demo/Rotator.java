package dev.latchkey.demo;

import dev.latchkey.demo.agent.AgentFiles;
import dev.latchkey.demo.agent.Operator;
import dev.latchkey.demo.agent.WatchedLogin;
import dev.latchkey.demo.database.LoginOutcome;
import dev.latchkey.demo.database.Server;
import dev.latchkey.demo.database.Superuser;
import dev.latchkey.demo.report.Round;
import dev.latchkey.v1.RotationStatus;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Has the agent rotate once, and looks for itself what that left behind. */
final class Rotator implements Succession {

  private static final String SECRET = AgentFiles.SECRET;
  private static final Duration RETIREMENT_PATIENCE = AgentFiles.OVERLAP.plusSeconds(30);
  private static final Duration WATCH_PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOGIN_PATIENCE = Duration.ofSeconds(10);

  private final Operator operator;
  private final WatchedLogin watched;
  private final Server server;
  private final Superuser superuser;
  private final Observations observations;
  private final Patience patience;
  private final int expectedLogins;

  /**
   * A rotator for a secret that has its first version.
   *
   * @param expectedLogins how many new logins to wait for after each rotation
   */
  Rotator(
      Operator operator,
      WatchedLogin watched,
      Server server,
      Superuser superuser,
      Observations observations,
      Patience patience,
      int expectedLogins) {
    this.operator = operator;
    this.watched = watched;
    this.server = server;
    this.superuser = superuser;
    this.observations = observations;
    this.patience = patience;
    this.expectedLogins = expectedLogins;
  }

  @Override
  public Round next(int number, Consumer<String> step) throws InterruptedException, SQLException {
    WatchedLogin.Login old = currentLogin();
    Published published = publish(step);
    awaitRetirement(published.rotationId(), step);
    patience.await(
        LOGIN_PATIENCE,
        () -> observations.loginsSince(published.user(), published.at()) >= expectedLogins);
    return inspect(number, old, published);
  }

  private WatchedLogin.Login currentLogin() throws InterruptedException {
    patience.require(
        WATCH_PATIENCE, "the agent's current login", () -> watched.newest().isPresent());
    return watched.newest().orElseThrow();
  }

  private Published publish(Consumer<String> step) {
    Published[] published = new Published[1];
    RotationStatus last =
        operator.rotate(
            SECRET,
            status -> {
              step.accept(words(status));
              if (status.getStep().equals("published")) {
                published[0] = Published.of(status);
              }
            });
    if (published[0] == null) {
      throw new IllegalStateException("the rotation did not publish: " + words(last));
    }
    return published[0];
  }

  private void awaitRetirement(String rotationId, Consumer<String> step)
      throws InterruptedException {
    patience.require(
        RETIREMENT_PATIENCE,
        "the retirement of the login before",
        () -> {
          Optional<RotationStatus> status = operator.rotation(SECRET, rotationId);
          status.ifPresent(now -> step.accept(words(now)));
          return status.map(now -> now.getStep().equals("retired")).orElse(false);
        });
  }

  private Round inspect(int number, WatchedLogin.Login old, Published published)
      throws SQLException {
    LoginOutcome login = server.tryLogin(AgentFiles.DATABASE, old.user(), old.password());
    return new Round(
        number,
        published.version(),
        published.user(),
        observations.loginsSince(published.user(), published.at()),
        observations
            .firstUseSince(published.user(), published.at())
            .map(use -> Duration.between(published.at(), use).toNanos() / 1e6)
            .orElse(Double.NaN),
        old.user(),
        superuser.sessionsOf(old.user()),
        operator
            .rotation(SECRET, published.rotationId())
            .map(RotationStatus::getEndedSessions)
            .orElse(0),
        login instanceof LoginOutcome.Refused,
        login.words(),
        List.of());
  }

  private static String words(RotationStatus status) {
    return String.join(
        " ", status.getLogin(), status.getStep(), status.getWaiting(), status.getFailure());
  }

  /** A version as it was published. */
  private record Published(String rotationId, long version, String user, Instant at) {

    static Published of(RotationStatus status) {
      return new Published(
          status.getRotationId(),
          status.getVersion(),
          status.getLogin(),
          Instant.ofEpochSecond(status.getStepAt().getSeconds(), status.getStepAt().getNanos()));
    }
  }
}
