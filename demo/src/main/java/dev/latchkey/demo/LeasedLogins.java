package dev.latchkey.demo;

import dev.latchkey.demo.agent.AgentFiles;
import dev.latchkey.demo.agent.WatchedLogin;
import dev.latchkey.demo.database.LoginOutcome;
import dev.latchkey.demo.database.Server;
import dev.latchkey.demo.database.Superuser;
import dev.latchkey.demo.report.Round;
import dev.latchkey.demo.vault.LeasingVault;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Waits while leases run out and the agent replaces them, and looks for itself what each left
 * behind. Nobody asks the agent for anything.
 */
final class LeasedLogins implements Succession {

  private static final Duration SUCCESSOR_PATIENCE = LeasingVault.LONGEST.plusSeconds(30);
  private static final Duration RETIREMENT_PATIENCE = AgentFiles.LEASE_OVERLAP.plusSeconds(30);
  private static final Duration LOGIN_PATIENCE = Duration.ofSeconds(10);

  private final WatchedLogin watched;
  private final Server server;
  private final Superuser superuser;
  private final Observations observations;
  private final Patience patience;
  private final int expectedLogins;
  private WatchedLogin.Login current;

  /**
   * Begins with the login that is current now.
   *
   * @param expectedLogins how many new logins to wait for after each succession
   */
  LeasedLogins(
      WatchedLogin watched,
      Server server,
      Superuser superuser,
      Observations observations,
      Patience patience,
      int expectedLogins)
      throws InterruptedException {
    this.watched = watched;
    this.server = server;
    this.superuser = superuser;
    this.observations = observations;
    this.patience = patience;
    this.expectedLogins = expectedLogins;
    patience.require(
        LOGIN_PATIENCE, "the agent's current login", () -> watched.newest().isPresent());
    this.current = watched.newest().orElseThrow();
  }

  @Override
  public Round next(int number, Consumer<String> step) throws InterruptedException, SQLException {
    WatchedLogin.Login old = current;
    OptionalLong role = superuser.numberOf(old.user());
    int killedBefore = superuser.sessionsKilled(AgentFiles.DATABASE);
    step.accept("waiting for the successor of " + old.user());
    patience.require(SUCCESSOR_PATIENCE, "the next login", () -> watched.after(old).isPresent());
    current = watched.after(old).orElseThrow();
    step.accept("waiting until " + old.user() + " is revoked");
    awaitRevocation(old);
    String user = current.user();
    Instant issuedAt = current.issuedAt();
    patience.await(
        LOGIN_PATIENCE, () -> observations.loginsSince(user, issuedAt) >= expectedLogins);
    return inspect(number, old, role, killedBefore);
  }

  private void awaitRevocation(WatchedLogin.Login old) throws InterruptedException {
    patience.require(
        RETIREMENT_PATIENCE,
        "the revocation of " + old.user(),
        () -> {
          try {
            return superuser.numberOf(old.user()).isEmpty();
          } catch (SQLException failed) {
            throw new IllegalStateException("the database cannot be asked", failed);
          }
        });
  }

  private Round inspect(int number, WatchedLogin.Login old, OptionalLong role, int killedBefore)
      throws SQLException {
    LoginOutcome login = server.tryLogin(AgentFiles.DATABASE, old.user(), old.password());
    return new Round(
        number,
        current.version(),
        current.user(),
        observations.loginsSince(current.user(), current.issuedAt()),
        observations
            .firstUseSince(current.user(), current.issuedAt())
            .map(use -> Duration.between(current.issuedAt(), use).toNanos() / 1e6)
            .orElse(Double.NaN),
        old.user(),
        role.isPresent() ? superuser.sessionsOfNumber(role.getAsLong()) : 0,
        superuser.sessionsKilled(AgentFiles.DATABASE) - killedBefore,
        login instanceof LoginOutcome.Refused,
        login.words(),
        List.of());
  }
}
