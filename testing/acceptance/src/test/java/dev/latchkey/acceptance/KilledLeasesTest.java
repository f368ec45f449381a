package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.v1.GetHistoryRequest;
import dev.latchkey.v1.LeaseEntry;
import dev.latchkey.v1.RevokeLeaseRequest;
import dev.latchkey.v1.VersionEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The agent dies at any moment; what it leased it takes up again, and what it may have leased
 * without its knowledge is shown until it is gone.
 */
class KilledLeasesTest {

  private static final boolean SOAK = Boolean.getBoolean("latchkey.soak");
  private static final int KILLS = 20;
  private static final int SECONDS_BETWEEN = SOAK ? 75 : 10;
  private static final Duration LONGEST = Duration.ofSeconds(SOAK ? 300 : 80);
  private static final Duration LIFE = Duration.ofSeconds(SOAK ? 60 : 40);
  private static final Duration OVERLAP = Duration.ofSeconds(15);

  /** No successor is due earlier in a lease's life: the overlap, its lead, and clocks' seconds. */
  private static final Duration YOUNGEST =
      LONGEST.minus(OVERLAP).minus(OVERLAP.multipliedBy(2).dividedBy(5)).minusSeconds(2);

  private static final VaultStage.Terms TERMS =
      VaultStage.Terms.of(
              LIFE.toSeconds() + "s", LONGEST.toSeconds() + "s", OVERLAP.toSeconds() + "s")
          .withToken("2h");

  @TempDir Path directory;

  @Test
  void twentyKillsAtRandomCostNoLoginAndNoLease() throws Exception {
    long seed = Long.getLong("latchkey.test.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    try (VaultStage stage = VaultStage.set(directory, TERMS.shared())) {
      List<Instant> kills = new ArrayList<>();
      Set<String> logins = new HashSet<>(stage.vault().tokens());
      try (Application application = application(stage)) {
        for (int kill = 1; kill <= KILLS; kill++) {
          int wait = random.nextInt(SECONDS_BETWEEN * 1000);
          assertThat(stage.agent().process().waitFor(wait, TimeUnit.MILLISECONDS))
              .as("the agent ended by itself")
              .isFalse();
          stage.agent().kill();
          kills.add(Instant.now());
          stage.agent().restart();
          nothingIsUnaccountedFor(stage, "kill " + kill + " of seed " + seed);
          logins.addAll(stage.vault().tokens());
        }
        await("whatever a kill left behind to be gone")
            .atMost(LIFE.plusSeconds(30))
            .until(() -> stage.ledger().intents().isEmpty());
        nothingIsUnaccountedFor(stage, "the last kill of seed " + seed);
        assertThat(application.failures()).as("seed %d", seed).isEmpty();
        assertThat(application.queries()).isGreaterThan(KILLS * 100L);
      }
      assertThat(logins).as("tokens that were logged in for, seed %d", seed).hasSize(1);
      successorsCameInTime(stage, kills, seed);
    }
  }

  /** Each lease that the server has is in the ledger, or may be the one of an open intent. */
  private static void nothingIsUnaccountedFor(VaultStage stage, String when) {
    await("every lease to be accounted for after " + when)
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              Set<String> unknown = new TreeSet<>(stage.vault().leases());
              Ledger ledger = stage.ledger();
              unknown.removeAll(ledger.leases());
              assertThat(unknown).hasSizeLessThanOrEqualTo(ledger.intents().size());
              assertThat(ledger.intents()).hasSizeLessThanOrEqualTo(1);
              assertThat(ledger.at("held")).hasSize(1);
            });
  }

  /**
   * Of all logins that the server ever made, each was due: the one that was current then had lived
   * its life. For each kill there is at most one that the agent never learnt of.
   */
  private static void successorsCameInTime(VaultStage stage, List<Instant> kills, long seed)
      throws Exception {
    List<String> published =
        history(stage).reversed().stream().map(VersionEntry::getLogin).toList();
    List<IssuedLogin> made = IssuedLogin.ever(stage.database());
    assertThat(made).extracting(IssuedLogin::name).containsAll(published);
    int unknown = 0;
    Optional<IssuedLogin> current = Optional.empty();
    for (IssuedLogin login : made) {
      current.ifPresent(
          before ->
              assertThat(Duration.between(before.at(), login.at()))
                  .as("%s after %s, seed %d", login, before, seed)
                  .isGreaterThanOrEqualTo(YOUNGEST));
      if (published.contains(login.name())) {
        current = Optional.of(login);
      } else {
        unknown++;
        assertThat(kills)
            .as("%s was asked for as the agent was killed, seed %d", login, seed)
            .anyMatch(kill -> isNear(login.at(), kill));
      }
    }
    System.out.printf(
        "%d kills, seed %d: %d logins of the database, %d of them never learnt of%n",
        kills.size(), seed, made.size(), unknown);
    assertThat(published).hasSizeGreaterThan(1);
  }

  /** The names of logins tell whole seconds. */
  private static boolean isNear(Instant made, Instant kill) {
    return Duration.between(made, kill).abs().compareTo(Duration.ofSeconds(3)) < 0;
  }

  private static List<VersionEntry> history(VaultStage stage) {
    try (Operator operator = new Operator(stage.agent())) {
      GetHistoryRequest request = GetHistoryRequest.newBuilder().setName("orders-db").build();
      return operator.calls().getHistory(request).getVersionsList();
    }
  }

  /** With {@code exclusive} the lease is found and revoked; else it lives its life and is shown. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneLeaseIsUnknownAfterAKillBetweenItsGrantAndItsAnswer(boolean exclusive) throws Exception {
    VaultStage.Terms terms =
        VaultStage.Terms.of(exclusive ? "60s" : "40s", "300s", "15s").withToken("2h");
    try (VaultStage stage =
            VaultStage.setBehindProxy(directory, exclusive ? terms : terms.shared());
        Application application = application(stage)) {
      String held = stage.ledger().at("held").getFirst().getLeaseId();
      List<String> before = stage.database().roles(IssuingVault.ISSUED);
      stage.proxy().only("/v1/database/creds/").withhold();
      Thread revocation = Thread.startVirtualThread(() -> revokeUntilKilled(stage));
      await("a login that the agent does not learn of")
          .atMost(Duration.ofSeconds(10))
          .until(() -> stage.database().roles(IssuingVault.ISSUED).size() == 2);
      stage.agent().kill();
      assertThat(revocation.join(Duration.ofSeconds(30))).isTrue();
      stage.proxy().heal();
      long asked = issues(stage);
      Instant restarted = Instant.now();
      stage.agent().restart();

      if (!exclusive) {
        LeaseEntry intent = stage.ledger().intents().getFirst();
        assertThat(Instant.ofEpochSecond(intent.getExpiresAt().getSeconds()))
            .isBefore(restarted.plusSeconds(41));
        assertThat(stage.vault().leases()).hasSize(2);
      }
      await("the unknown login and its intent to be gone")
          .atMost(Duration.ofSeconds(exclusive ? 30 : 50))
          .until(
              () ->
                  stage.database().roles(IssuingVault.ISSUED).equals(before)
                      && stage.ledger().intents().isEmpty());
      assertThat(stage.vault().leases()).containsExactly(held);
      assertThat(stage.ledger().leases()).containsExactly(held);
      assertThat(issues(stage)).as("no lease is asked for where one is held").isEqualTo(asked);
      assertThat(stage.vault().tokens()).as("no login either").hasSize(1);
      assertThat(application.failures()).isEmpty();
    }
  }

  private static long issues(VaultStage stage) {
    return stage.proxy().requestLines().stream()
        .filter(line -> line.contains("/v1/database/creds/"))
        .count();
  }

  private static void revokeUntilKilled(VaultStage stage) {
    String held = stage.ledger().at("held").getFirst().getId();
    RevokeLeaseRequest request = RevokeLeaseRequest.newBuilder().setId(held).build();
    Operator.untilKilled(stage.agent(), operator -> operator.calls().revokeLease(request));
  }

  private static Application application(VaultStage stage) throws Exception {
    return new Application(stage.agent(), 4, Optional.of(stage.database().url()));
  }
}
