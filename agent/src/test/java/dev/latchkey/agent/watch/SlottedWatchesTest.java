package dev.latchkey.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.access.Decision;
import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The rules of watching, on one thread and with time standing still: tasks run when the test says
 * so.
 */
class SlottedWatchesTest {

  private static final Caller CALLER = new Caller(1000, 1000, 1, Optional.empty());

  private final FakeTime time = new FakeTime();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final StatesByHand current = new StatesByHand(time);
  private final HoldersByHand holders = new HoldersByHand();
  private boolean grants = true;
  private boolean grantsRead = true;
  private final SlottedWatches watches =
      new SlottedWatches(
          current,
          holders,
          ByHand::new,
          name -> name.text().startsWith("rotated"),
          time,
          time,
          RandomGenerator.getDefault(),
          tasks::add);

  @BeforeEach
  void start() {
    watches.start();
  }

  private final class ByHand implements Policy {
    @Override
    public Decision decide(Caller caller, Operation operation, String subject) {
      boolean granted = grants && (operation != Operation.READ || grantsRead);
      return granted ? new Decision.Granted("rule 1") : new Decision.Denied();
    }

    @Override
    public List<Rule> rulesFor(String subject) {
      return List.of();
    }
  }

  /** Takes events in words, and is ready for as many as the test allows. */
  private static final class Words implements Watches.Sink {

    final List<String> said = new ArrayList<>();
    int allowed = Integer.MAX_VALUE;

    @Override
    public boolean isReady() {
      return allowed > 0;
    }

    @Override
    public void send(WatchEvent event) {
      allowed--;
      said.add(
          switch (event) {
            case WatchEvent.Started started -> "started";
            case WatchEvent.Changed changed ->
                changed.held().state().name()
                    + " "
                    + changed.held().state().id().version()
                    + (changed.held().stale() ? " stale" : "")
                    + (changed.snapshot() ? " snapshot" : "")
                    + (changed.skipped() > 0 ? " skipped " + changed.skipped() : "");
            case WatchEvent.Unavailable unavailable ->
                unavailable.name() + " " + unavailable.why().reason();
            case WatchEvent.CaughtUp caughtUp -> "caught up";
          });
    }

    @Override
    public void fail(RuntimeException why) {
      said.add("failed " + ((SecretException) why).reason());
    }
  }

  private void settle() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private Watches.Watch open(Words words, String... names) {
    Watches.Watch watch =
        watches.open(
            CALLER,
            new Watches.Request(
                Stream.of(names)
                    .map(name -> new Watches.Wanted(new SecretName(name), Optional.empty()))
                    .toList(),
                false,
                false,
                true),
            words);
    settle();
    return watch;
  }

  @Test
  void theHolderIsKeptBeforeTheEventIsSent() {
    current.put("rotated", 1);
    Words words = new Words();
    open(words, "rotated");
    assertThat(words.said).containsExactly("started", "rotated 1", "caught up");
    assertThat(holders.kept).containsExactly("rotated 1");
    current.put("rotated", 2);
    settle();
    assertThat(holders.kept).containsExactly("rotated 1", "rotated 2");
  }

  @Test
  void theHoldersOfOnePublishAreKeptInOneCall() {
    current.put("rotated", 1);
    List<Words> many = Stream.generate(Words::new).limit(50).toList();
    many.forEach(words -> open(words, "rotated"));
    holders.calls = 0;
    current.put("rotated", 2);
    settle();
    assertThat(holders.calls).isEqualTo(1);
    assertThat(many).allMatch(words -> words.said.contains("rotated 2"));
  }

  @Test
  void nothingIsSentWhileTheHolderCannotBeKept() {
    current.put("rotated", 1);
    holders.broken = true;
    Words words = new Words();
    open(words, "rotated");
    assertThat(words.said).containsExactly("started");
    time.advance(Duration.ofSeconds(5));
    settle();
    assertThat(words.said).containsExactly("started");
    holders.broken = false;
    time.advance(Duration.ofSeconds(1));
    settle();
    assertThat(words.said).containsExactly("started", "rotated 1", "caught up");
  }

  @Test
  void whileTheSinkIsNotReadyTheNewestReplacesTheRest() {
    current.put("a", 1);
    Words words = new Words();
    words.allowed = 3;
    Watches.Watch watch = open(words, "a");
    for (int version = 2; version <= 9; version++) {
      current.put("a", version);
      settle();
    }
    words.allowed = 1;
    watch.ready();
    settle();
    assertThat(words.said).containsExactly("started", "a 1", "caught up", "a 9 skipped 7");
  }

  @Test
  void aRightThatIsLostIsFoundWithinThirtySecondsWithoutAnyEvent() {
    current.put("a", 1);
    Words words = new Words();
    open(words, "a");
    grantsRead = false;
    time.advance(Duration.ofSeconds(30));
    settle();
    assertThat(words.said).endsWith("failed DENIED");
    current.put("a", 2);
    settle();
    assertThat(words.said).endsWith("failed DENIED");
    assertThat(watches.openWatches()).isZero();
  }

  @Test
  void noWatchIsOpenedWithoutTheRight() {
    grants = false;
    assertThatThrownBy(() -> open(new Words(), "a"))
        .isInstanceOfSatisfying(
            SecretException.class, why -> assertThat(why.reason()).isEqualTo(Reason.DENIED));
    assertThat(watches.openWatches()).isZero();
  }

  @Test
  void aSecretThatCannotBeHadIsReadAgainUntilItComes() {
    Words words = new Words();
    open(words, "a");
    assertThat(words.said).containsExactly("started", "a UNAVAILABLE", "caught up");
    current.arrivesOnRead("a", 1);
    time.advance(Duration.ofMinutes(2));
    settle();
    assertThat(words.said).endsWith("a 1");
  }

  @Test
  void turnsBetweenFreshAndStaleAreTold() {
    current.put("a", 1);
    Words words = new Words();
    open(words, "a");
    current.turn("a", true);
    settle();
    current.turn("a", false);
    settle();
    assertThat(words.said).containsExactly("started", "a 1", "caught up", "a 1 stale", "a 1");
  }

  @Test
  void aValuePastItsBoundIsToldAsUnavailableAndAsSoonAsItIsBack() {
    current.put("a", 1);
    Words words = new Words();
    open(words, "a");
    time.advance(Duration.ofHours(2));
    settle();
    assertThat(words.said).endsWith("a UNAVAILABLE");
    current.turn("a", false);
    settle();
    assertThat(words.said).endsWith("a UNAVAILABLE", "a 1");
  }

  @Test
  void aClosedWatchIsToldNothingMore() {
    current.put("a", 1);
    Words words = new Words();
    open(words, "a").close();
    current.put("a", 2);
    settle();
    assertThat(words.said).containsExactly("started", "a 1", "caught up");
    assertThat(watches.openWatches()).isZero();
  }

  @Test
  void whenTheAgentStopsEachWatchIsToldToComeAgain() {
    Words words = new Words();
    open(words, "a");
    watches.close();
    assertThat(words.said).endsWith("failed UNAVAILABLE");
    assertThatThrownBy(() -> open(new Words(), "a")).isInstanceOf(SecretException.class);
  }

  @Test
  void inWhateverOrderThingsHappenNoOlderStateFollowsAndNothingIsUnnoticed() {
    for (int seed = 0; seed < 300; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      SlottedWatchesTest fresh = new SlottedWatchesTest();
      fresh.start();
      fresh.checkRandomly(random);
    }
  }

  private void checkRandomly(RandomGenerator random) {
    current.put("rotated", 1);
    Words words = new Words();
    words.allowed = 1;
    long version = 1;
    Watches.Watch watch = open(words, "rotated");
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(4)) {
        case 0 -> current.put("rotated", ++version);
        case 1 -> runSome(random);
        case 2 -> words.allowed = random.nextInt(3);
        default -> watch.ready();
      }
    }
    words.allowed = Integer.MAX_VALUE;
    watch.ready();
    settle();
    checkOrder(words.said, version);
  }

  private void runSome(RandomGenerator random) {
    for (int count = random.nextInt(3); count > 0 && !tasks.isEmpty(); count--) {
      tasks.remove().run();
    }
  }

  private static void checkOrder(List<String> said, long last) {
    long before = 0;
    for (String event : said) {
      if (event.startsWith("rotated ")) {
        String[] words = event.split(" ", -1);
        long version = Long.parseLong(words[1]);
        long skipped = words.length > 2 ? Long.parseLong(words[3]) : 0;
        assertThat(version).isGreaterThan(before);
        assertThat(skipped).isEqualTo(before == 0 ? 0 : version - before - 1);
        before = version;
      }
    }
    assertThat(before).isEqualTo(last);
  }
}
