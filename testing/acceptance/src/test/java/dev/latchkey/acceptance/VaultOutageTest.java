package dev.latchkey.acceptance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.agent.backend.Circuit;
import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.testing.vault.VaultServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real Vault is taken away and comes back: what has no lease is served all the time, what has one
 * until it ends, and the server is left alone meanwhile.
 */
class VaultOutageTest {

  private static final Duration OUTAGE = Duration.ofSeconds(30);

  /** A successor, and what changed meanwhile, are there so soon after the server's return. */
  private static final Duration SOON = Duration.ofSeconds(5);

  /**
   * The greeting, the lease and the token: each may be under way as the server goes, and once more
   * before a probe has told.
   */
  private static final int UNDER_WAY = 2 * 3;

  @TempDir Path directory;
  private VaultStage stage;
  private LatchkeyClient client;
  private Reads greetings;

  /** How a server is taken away. */
  enum Way {
    STOPPED,
    SEALED;

    void begin(VaultServer server) {
      switch (this) {
        case STOPPED -> server.stop();
        case SEALED -> server.seal();
      }
    }

    void end(VaultServer server) {
      switch (this) {
        case STOPPED -> server.start();
        case SEALED -> server.unseal();
      }
    }
  }

  @BeforeEach
  void setTheStage() throws Exception {
    stage = VaultStage.setBehindProxy(directory, VaultStage.Terms.of("20s", "40s", "6s"));
    stage.vault().put("greeting", "one");
    client = LatchkeyClient.builder().socket(stage.agent().socket()).build();
    await("the greeting").atMost(Duration.ofSeconds(20)).until(() -> greets("one"));
    greetings = new Reads(client, "greeting");
  }

  @AfterEach
  void clearTheStage() throws Exception {
    greetings.close();
    client.close();
    stage.close();
  }

  @ParameterizedTest
  @EnumSource
  void anOutageIsSurvivedAndOverWithinFiveSecondsOfItsEnd(Way way) throws Exception {
    int before = stage.proxy().requests();
    Instant began = Instant.now();
    way.begin(stage.vault().server());
    Credential last = servedUntilItsEnd(OUTAGE);
    assertThat(refusal("orders-db")).isEqualTo(LatchkeyException.Reason.LEASE_EXPIRED);
    await("the outage to be long enough")
        .atMost(OUTAGE.plusSeconds(5))
        .until(() -> Instant.now().isAfter(began.plus(OUTAGE)));

    List<String> asked = stage.proxy().requestLines();
    assertLeftAlone(asked.subList(before, asked.size()), way);
    way.end(stage.vault().server());
    Instant back = Instant.now();
    stage.vault().put("greeting", "two");
    long version = last.state().version();
    await("a successor and the news after the return")
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                served("orders-db").filter(next -> next.state().version() > version).isPresent()
                    && greets("two"));
    System.out.printf(
        "%s for %d s: back in use after %d ms%n",
        way, OUTAGE.toSeconds(), Duration.between(back, Instant.now()).toMillis());
    assertThat(opens(client.get("orders-db"))).isTrue();
    assertThat(greetings.failures()).isEmpty();
    assertThat(greetings.count()).isGreaterThan(OUTAGE.toSeconds());
  }

  /** A few calls open the circuit; then there are probes at the pace of their backoff. */
  private static void assertLeftAlone(List<String> asked, Way way) {
    long probes = asked.stream().filter(line -> line.contains("/v1/sys/health")).count();
    System.out.printf(
        "%s for %d s: %d probes and %d calls%n",
        way, OUTAGE.toSeconds(), probes, asked.size() - probes);
    assertThat(asked.size() - probes)
        .as("calls: %s", asked)
        .isLessThanOrEqualTo(Circuit.Limits.USUAL.failures() + UNDER_WAY);
    assertThat(probes).as("probes").isLessThanOrEqualTo(mostProbes());
  }

  /** The most probes in an outage that the schedule drew in many, and what begins beside them. */
  private static long mostProbes() {
    SplittableRandom random = new SplittableRandom(1);
    long limit = OUTAGE.plusSeconds(2).toNanos();
    return 1 + IntStream.range(0, 10_000).mapToLong(run -> probes(random, limit)).max().orElse(0);
  }

  private static long probes(SplittableRandom random, long limit) {
    int probes = 0;
    for (long at = 0; at < limit; probes++) {
      at += Circuit.Limits.USUAL.probes().delay(probes + 1, random).toNanos();
    }
    return probes;
  }

  @Test
  void aServerThatIsRestartedFindsItsLeasesAndTokensInUse() throws Exception {
    String held = stage.ledger().at("held").getFirst().getLeaseId();
    Set<String> tokens = stage.vault().tokens();
    String login = client.get("orders-db").text("username");
    stage.vault().server().stop();
    stage.vault().server().start();
    stage.vault().put("greeting", "two");
    await("the news after the return").atMost(SOON).until(() -> greets("two"));
    await("a renewal")
        .atMost(Duration.ofSeconds(20))
        .until(() -> asked("/v1/sys/leases/renew") > 0 && stage.ledger().at("held").size() == 1);
    assertThat(stage.ledger().at("held").getFirst().getLeaseId()).isEqualTo(held);
    assertThat(client.get("orders-db").text("username")).isEqualTo(login);
    assertThat(stage.vault().tokens()).isEqualTo(tokens);
    assertThat(asked("/v1/database/creds/")).isOne();
    assertThat(greetings.failures()).isEmpty();
  }

  @Test
  void aTokenThatIsRevokedIsReplacedAndSoIsWhatWasLeasedUnderIt() throws Exception {
    Set<String> tokens = stage.vault().tokens();
    long version = client.get("orders-db").state().version();
    stage.vault().endTokens();
    await("another token and another login")
        .atMost(SOON.plusSeconds(2))
        .until(() -> served("orders-db").filter(this::opens).isPresent());
    Credential next = client.get("orders-db");
    assertThat(next.state().version()).isGreaterThan(version);
    assertThat(stage.vault().tokens()).hasSize(1).doesNotContainAnyElementsOf(tokens);
    assertThat(asked("/v1/auth/approle/login")).isEqualTo(2);
    assertThat(stage.database().roles(IssuingVault.ISSUED)).containsExactly(next.text("username"));
    stage.vault().put("greeting", "two");
    await("the news").atMost(SOON).until(() -> greets("two"));
    assertThat(greetings.failures()).isEmpty();
  }

  @Test
  void aPolicyThatIsNarrowedIsNoOutage() throws Exception {
    stage.vault().allow("path \"sys/leases/revoke\" { capabilities = [\"update\"] }");
    Instant began = Instant.now();
    int before = stage.proxy().requests();
    var _ = servedUntilItsEnd(Duration.ofSeconds(50));
    assertThat(client.get("greeting").stale()).isTrue();
    await("a minute of refusals")
        .atMost(Duration.ofSeconds(65))
        .until(() -> Instant.now().isAfter(began.plusSeconds(60)));
    List<String> asked = stage.proxy().requestLines();
    List<String> within = asked.subList(before, asked.size());
    System.out.printf("narrowed for a minute: %d requests%n", within.size());
    assertThat(within)
        .filteredOn(line -> line.contains("/v1/database/creds/"))
        .hasSizeBetween(1, 20);
    assertThat(within)
        .as("none fails over, none logs in")
        .noneMatch(line -> line.contains("login"));

    stage.vault().allow(IssuingVault.ALL);
    stage.vault().put("greeting", "two");
    await("the news").atMost(SOON).until(() -> greets("two"));
    await("another login, asked for rarely")
        .atMost(Duration.ofSeconds(90))
        .until(() -> served("orders-db").filter(this::opens).isPresent());
    assertThat(greetings.failures()).isEmpty();
  }

  /** The last login that was served before one was refused, which is not before its end. */
  private Credential servedUntilItsEnd(Duration atMost) {
    AtomicReference<Credential> last = new AtomicReference<>(client.get("orders-db"));
    await("the login to end")
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              served("orders-db").ifPresent(last::set);
              return served("orders-db").isEmpty();
            });
    Credential ended = requireNonNull(last.get());
    assertThat(Instant.now()).isAfter(ended.expiresAt().orElseThrow().minusSeconds(1));
    return ended;
  }

  private long asked(String path) {
    return stage.proxy().requestLines().stream().filter(line -> line.contains(path)).count();
  }

  private boolean opens(Credential login) {
    return stage.database().opens(login.text("username"), login.text("password"));
  }

  private boolean greets(String word) {
    return served("greeting").filter(now -> now.text("word").equals(word)).isPresent();
  }

  private Optional<Credential> served(String name) {
    try {
      return Optional.of(client.get(name));
    } catch (LatchkeyException refused) {
      return Optional.empty();
    }
  }

  private LatchkeyException.Reason refusal(String name) {
    try {
      throw new AssertionError("served: " + client.get(name));
    } catch (LatchkeyException refused) {
      return refused.reason();
    }
  }
}
