package dev.latchkey.acceptance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.testing.vault.FaultyProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that refuses to renew is not hammered, whatever it says. */
class RefusedRenewalTest {

  private static final int MOST = 20;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String RENEWAL = "/v1/sys/leases/renew";
  private static final Map<String, Consumer<FaultyProxy>> WAYS =
      new TreeMap<>(
          Map.of(
              "denied", refusing(403),
              "wrong", refusing(400),
              "absent", refusing(404),
              "limited", refusing(429),
              "broken", refusing(500)));

  @TempDir Path directory;

  @Test
  void makesAtMostTwentyRequestsInTheFirstMinute() throws Exception {
    VaultStage.Terms terms = VaultStage.Terms.of("60s", "300s", "10s");
    try (VaultWays ways = VaultWays.set(directory, terms, WAYS)) {
      await("a login in each way")
          .atMost(Duration.ofSeconds(30))
          .until(() -> ways.words().stream().allMatch(word -> isHeld(ways, word)));
      Map<String, Minute> minutes = new HashMap<>();
      await("a minute after the first refusal of each")
          .atMost(Duration.ofSeconds(150))
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                ways.words().forEach(word -> look(ways.proxy(word), minutes, word));
                return minutes.size() == WAYS.size()
                    && minutes.values().stream().allMatch(Minute::isOver);
              });
      ways.words()
          .forEach(word -> assertWithin(ways.proxy(word), requireNonNull(minutes.get(word)), word));
      assertThat(ways.words()).allMatch(word -> isHeld(ways, word));
    }
  }

  private static Consumer<FaultyProxy> refusing(int status) {
    return proxy -> proxy.only(RENEWAL).answer(status, "{\"errors\":[\"no renewal\"]}");
  }

  private static boolean isHeld(VaultWays ways, String word) {
    return ways.ledger(word).at("held").size() == 1;
  }

  /**
   * The minute that begins with a way's first refused renewal.
   *
   * @param before how many requests had come before that one
   * @param after how many had come when it was over; less than nothing before then
   */
  private record Minute(Instant beganAt, int before, int after) {

    boolean isOver() {
      return after >= 0;
    }
  }

  private static void look(FaultyProxy proxy, Map<String, Minute> minutes, String word) {
    List<String> lines = proxy.requestLines();
    Instant now = Instant.now();
    for (int i = 0; i < lines.size() && !minutes.containsKey(word); i++) {
      if (lines.get(i).contains(RENEWAL)) {
        minutes.put(word, new Minute(now, i, -1));
      }
    }
    Minute minute = minutes.get(word);
    if (minute != null && !minute.isOver() && now.isAfter(minute.beganAt().plus(MINUTE))) {
      minutes.put(word, new Minute(minute.beganAt(), minute.before(), lines.size()));
    }
  }

  private static void assertWithin(FaultyProxy proxy, Minute minute, String word) {
    List<String> within = proxy.requestLines().subList(minute.before(), minute.after());
    System.out.printf("renewal %s: %d requests in the first minute%n", word, within.size());
    assertThat(within).as(word).hasSizeLessThanOrEqualTo(MOST);
    assertThat(within).as(word).anyMatch(line -> line.contains(RENEWAL));
  }
}
