package dev.latchkey.acceptance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.testing.vault.FaultyProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server says of the length of a lease is held to what can be. */
class StrangeDurationsTest {

  private static final String GRANT = "/v1/database/creds/";
  private static final String RENEWAL = "/v1/sys/leases/renew";
  private static final long TEN_YEARS = Duration.ofDays(3650).toSeconds();
  private static final Map<String, Consumer<FaultyProxy>> WAYS =
      new TreeMap<>(
          Map.of(
              "renewed-nothing", saying(RENEWAL, 0),
              "renewed-negative", saying(RENEWAL, -5),
              "renewed-short", saying(RENEWAL, 8),
              "renewed-long", saying(RENEWAL, TEN_YEARS),
              "granted-nothing", saying(GRANT, 0),
              "granted-negative", saying(GRANT, -5),
              "granted-long", saying(GRANT, TEN_YEARS)));

  private static final Duration OVERLAP = Duration.ofSeconds(6);
  private static final Duration RUN = Duration.ofSeconds(45);

  @TempDir Path directory;

  private static Consumer<FaultyProxy> saying(String path, long seconds) {
    return proxy ->
        proxy
            .only(path)
            .alter(
                answer ->
                    answer.replaceFirst(
                        "\"lease_duration\":\\d+", "\"lease_duration\":" + seconds));
  }

  @Test
  void areTakenForWhatTheyCanBe() throws Exception {
    VaultStage.Terms terms = VaultStage.Terms.of("20s", "60s", OVERLAP.toSeconds() + "s");
    try (VaultWays ways = VaultWays.set(directory, terms, WAYS);
        LatchkeyClient client = LatchkeyClient.builder().socket(ways.agent().socket()).build()) {
      Map<String, Seen> seen = new TreeMap<>();
      ways.words().forEach(word -> seen.put(word, new Seen(word)));
      Instant end = Instant.now().plus(RUN);
      await("the run to end")
          .atMost(RUN.plusSeconds(30))
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                seen.values().forEach(one -> one.look(client));
                return Instant.now().isAfter(end);
              });
      List.of("renewed-nothing", "renewed-negative", "renewed-short")
          .forEach(word -> assertSucceededInTime(requireNonNull(seen.get(word))));
      List.of("renewed-long", "granted-long")
          .forEach(word -> assertBelievedForAMonth(requireNonNull(seen.get(word)), end));
      List.of("renewed-long", "granted-long")
          .forEach(word -> assertThat(asked(ways, word)).as(word).isOne());
      for (String word : List.of("granted-nothing", "granted-negative")) {
        Seen one = requireNonNull(seen.get(word));
        assertThat(one.failures)
            .as(word)
            .isNotEmpty()
            .allMatch(told -> told.contains("which has ended; look at the default_ttl"));
        assertThat(asked(ways, word)).as(word).isBetween(2L, 20L);
        ways.proxy(word).heal();
        await(word + " to be served once the server talks sense")
            .atMost(Duration.ofSeconds(75))
            .until(() -> one.look(client));
      }
    }
  }

  /** A renewal that brings too little is the last, and leaves time for a successor. */
  private static void assertSucceededInTime(Seen seen) {
    assertThat(seen.failures).as(seen.name).isEmpty();
    assertThat(seen.left)
        .as("%s: what was left as each successor came", seen.name)
        .isNotEmpty()
        .allSatisfy(left -> assertThat(left).isGreaterThan(OVERLAP.dividedBy(2)));
  }

  private static void assertBelievedForAMonth(Seen seen, Instant end) {
    assertThat(seen.failures).as(seen.name).isEmpty();
    assertThat(seen.newest.flatMap(Credential::expiresAt).orElseThrow())
        .as(seen.name)
        .isBetween(end.plus(Duration.ofDays(30)), end.plus(Duration.ofDays(33)));
  }

  /** How many leases the agent asked for in one way. */
  private static long asked(VaultWays ways, String word) {
    return ways.proxy(word).requestLines().stream().filter(line -> line.contains(GRANT)).count();
  }

  /** What an application saw of one way's secret. */
  private static final class Seen {

    private final String name;
    private final Set<String> failures = new TreeSet<>();
    private final List<Duration> left = new ArrayList<>();
    private Optional<Credential> newest = Optional.empty();

    Seen(String word) {
      this.name = "orders-" + word;
    }

    /** Reads it once, and says whether it was served. */
    boolean look(LatchkeyClient client) {
      try {
        Credential now = client.get(name);
        newest
            .filter(before -> before.state().version() < now.state().version())
            .flatMap(Credential::expiresAt)
            .ifPresent(ended -> left.add(Duration.between(Instant.now(), ended)));
        newest = Optional.of(now);
        return true;
      } catch (LatchkeyException failure) {
        failures.add(failure.reason() + ": " + failure.getMessage());
        return false;
      }
    }
  }
}
