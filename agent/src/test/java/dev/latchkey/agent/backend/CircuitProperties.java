package dev.latchkey.agent.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What always holds, however a server comes and goes and whoever calls it. */
class CircuitProperties {

  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration CAP = Circuit.Limits.USUAL.probes().cap();

  /** A server that is there or not, and all that ever reached it, by the moment. */
  private static final class Server {
    final FakeTime time = new FakeTime();
    final List<Long> probes = new ArrayList<>();
    final List<Long> calls = new ArrayList<>();
    final Circuit circuit;
    boolean there = true;
    boolean healthLies;

    Server(long seed) {
      circuit =
          new Circuit(
              "vault",
              Circuit.Limits.USUAL,
              () -> {
                probes.add(time.nanoTime());
                return there || healthLies ? Optional.empty() : Optional.of(outage());
              },
              time,
              time,
              new SplittableRandom(seed),
              event -> {});
    }

    private static Outage outage() {
      return Outage.of(SecretException.of(Reason.UNAVAILABLE, "gone"));
    }

    boolean call() {
      try (Circuit.Permit permit = circuit.permit()) {
        calls.add(time.nanoTime());
        if (there) {
          permit.works();
        } else {
          permit.fails(outage());
        }
        return there;
      } catch (SecretException held) {
        return false;
      }
    }

    /** Lets time pass, with callers that ask as often as they can. */
    void busy(Duration span) {
      for (long left = span.toMillis(); left > 0; left -= TICK.toMillis()) {
        for (int i = 0; i < 3; i++) {
          var _ = call();
        }
        time.advance(TICK);
      }
    }

    static int most(List<Long> moments, Duration window) {
      int most = 0;
      for (int from = 0, to = 0; to < moments.size(); to++) {
        while (moments.get(to) - moments.get(from) > window.toNanos()) {
          from++;
        }
        most = Math.max(most, to - from + 1);
      }
      return most;
    }
  }

  @Property(tries = 40)
  void anOutageCostsThreeCallsAndTheProbesOfTheBackoff(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int seconds) {
    Server server = new Server(seed);
    server.there = false;
    server.busy(Duration.ofSeconds(seconds));
    assertThat(server.calls).hasSize(Circuit.Limits.USUAL.failures());
    assertThat(Server.most(server.probes, Duration.ofSeconds(10)))
        .as("ten in the mean, and four more to begin with")
        .isLessThanOrEqualTo(30);
    assertThat(server.probes.size()).isLessThanOrEqualTo(12 + 2 * seconds);
    for (int i = 1; i < server.probes.size(); i++) {
      assertThat(server.probes.get(i) - server.probes.get(i - 1))
          .isLessThanOrEqualTo(CAP.toNanos());
    }
  }

  @Property(tries = 40)
  void aServerWhoseHealthLiesSeesOneCallForEachProbe(@ForAll long seed) {
    Server server = new Server(seed);
    server.there = false;
    server.healthLies = true;
    server.busy(Duration.ofMinutes(1));
    assertThat(server.calls.size())
        .isLessThanOrEqualTo(server.probes.size() + Circuit.Limits.USUAL.failures());
    assertThat(server.probes.size()).isLessThanOrEqualTo(12 + 2 * 60);
  }

  @Property(tries = 40)
  void aReturnIsNoticedWithinTheCapHoweverLongTheOutageWas(
      @ForAll long seed, @ForAll @Size(max = 4) List<@IntRange(min = 1, max = 20) Integer> spans) {
    Server server = new Server(seed);
    for (int seconds : spans) {
      server.there = false;
      server.busy(Duration.ofSeconds(seconds));
      server.there = true;
      server.time.advance(CAP);
      assertThat(server.call()).isTrue();
      server.busy(Duration.ofSeconds(1));
      assertThat(server.call()).isTrue();
    }
  }
}
