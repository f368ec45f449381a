package dev.latchkey.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.access.Decision;
import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.FakeTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nobody foresaw ends at most the stream that met it, and silences no secret. */
class WatchFailuresTest {

  private static final Caller CALLER = new Caller(1000, 1000, 1, Optional.empty());

  private final FakeTime time = new FakeTime();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final StatesByHand current = new StatesByHand(time);
  private final HoldersByHand holders = new HoldersByHand();
  private final SlottedWatches watches =
      new SlottedWatches(
          current,
          holders,
          Everything::new,
          name -> true,
          time,
          time,
          RandomGenerator.getDefault(),
          tasks::add);

  private record Everything() implements Policy {
    @Override
    public Decision decide(Caller caller, Operation operation, String subject) {
      return new Decision.Granted("rule 1");
    }

    @Override
    public List<Rule> rulesFor(String subject) {
      return List.of();
    }
  }

  /** Keeps the versions it was sent, and what ended it. */
  private static final class Versions implements Watches.Sink {

    final List<Long> sent = new ArrayList<>();
    final List<RuntimeException> ended = new ArrayList<>();
    boolean breaks;

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void send(WatchEvent event) {
      if (breaks) {
        throw new StackOverflowError();
      }
      if (event instanceof WatchEvent.Changed changed) {
        sent.add(changed.held().state().id().version());
      }
    }

    @Override
    public void fail(RuntimeException why) {
      ended.add(why);
    }
  }

  @BeforeEach
  void start() {
    watches.start();
    current.put("rotated", 1);
  }

  private Versions open() {
    Versions sink = new Versions();
    var _ =
        watches.open(
            CALLER,
            new Watches.Request(
                List.of(new Watches.Wanted(new SecretName("rotated"), Optional.empty())),
                false,
                false,
                true),
            sink);
    settle();
    return sink;
  }

  private void settle() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private void put(long version) {
    current.put("rotated", version);
    settle();
  }

  private static void assertEnded(Versions sink) {
    assertThat(sink.ended)
        .singleElement()
        .isInstanceOfSatisfying(
            SecretException.class, why -> assertThat(why.reason()).isEqualTo(Reason.INTERNAL));
  }

  @Test
  void anErrorWhileTheHoldersAreKeptTogetherDelaysNoWatcher() {
    Versions sink = open();
    holders.breaksOnce = new StackOverflowError();
    put(2);
    put(3);
    assertThat(sink.sent).containsExactly(1L, 2L, 3L);
    assertThat(sink.ended).isEmpty();
  }

  @Test
  void anUnforeseenFailureEndsTheStreamsThatMeetItAndLaterOnesAreServed() {
    Versions early = open();
    holders.unforeseen = true;
    put(2);
    assertThat(early.sent).containsExactly(1L);
    assertEnded(early);

    holders.unforeseen = false;
    Versions late = open();
    put(3);
    assertThat(late.sent).containsExactly(2L, 3L);
  }

  @Test
  void anErrorOfOneStreamEndsThatStreamAlone() {
    Versions broken = open();
    Versions other = open();
    broken.breaks = true;
    put(2);
    assertEnded(broken);
    assertThat(other.sent).containsExactly(1L, 2L);
    assertThat(watches.openWatches()).isEqualTo(1);
  }
}
