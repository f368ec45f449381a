package dev.latchkey.cli.child;

import dev.latchkey.cli.outcome.CommandFailure;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a child, passes signals on to it, acts on changes, and ends with its exit code.
 *
 * <p>One thread, that of {@link #run}, decides everything: others only tell it what happened. It
 * starts the child too, and so has to last as long as the process: the system tells the child to
 * end when that thread does. What the child reads and writes are this process's own streams;
 * nothing passes through here.
 */
public final class Supervisor {
  private static final long NEVER = Long.MAX_VALUE;
  private static final int CODE_INTERRUPTED = 128 + Signals.INT;
  private static final Duration SOON = Duration.ofMillis(50);
  private static final Duration LATER = Duration.ofSeconds(1);

  private final ChildCommand command;
  private final Supervision how;
  private final Supplier<Delivery> renewal;
  private final RandomGenerator random;
  private final PrintStream err;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Foreground foreground = Foreground.ofProcess();
  private final Orphans orphans = Orphans.ofProcess();
  private final boolean bound;
  private final Versions versions = new Versions();
  private final Retry retry;
  private Map<String, String> acting = Map.of();
  private @Nullable Delivery next;
  private Duration pause = SOON;
  private String said = "";
  private @Nullable Child child;
  private boolean renewing;
  private boolean ending;
  private boolean interruptible;
  private boolean retrying;
  private long actAt = NEVER;
  private long killAt = NEVER;
  private long lookAt = NEVER;

  /**
   * A supervisor that has not begun.
   *
   * @param renewal brings the values for a new start; may wait, on a thread of its own
   * @param err where it says what it does
   */
  public Supervisor(
      ChildCommand command,
      Supervision how,
      Supplier<Delivery> renewal,
      RandomGenerator random,
      PrintStream err) {
    this(command, how, renewal, random, err, ChildCommand.canBind());
  }

  Supervisor(
      ChildCommand command,
      Supervision how,
      Supplier<Delivery> renewal,
      RandomGenerator random,
      PrintStream err,
      boolean bound) {
    this.command = command;
    this.how = how;
    this.renewal = renewal;
    this.random = random;
    this.err = err;
    this.bound = bound;
    this.retry = new Retry(random);
  }

  /** A secret has that version now. Safe for use by several threads. */
  public void changed(String secret, String version) {
    events.add(new Event.Changed(secret, version));
  }

  /** This process was sent a signal. Safe for use by several threads. */
  public void signalled(int signal) {
    events.add(new Event.Signalled(signal));
  }

  /** Takes the process's signals from now on; does not return when one is ending it already. */
  public void takeSignals() {
    Signals.take(this::signalled);
  }

  /** Whether something newer than this was told of. */
  public boolean isOutdated(Delivery delivery) {
    return events.stream()
        .anyMatch(
            event ->
                event instanceof Event.Changed told
                    && Versions.isNews(told.version(), delivery.versions().get(told.secret())));
  }

  /**
   * Runs the child to its end. It is not begun when this process was asked to end before that.
   *
   * @return its exit code; 128 and the number of the signal that ended it
   * @throws CommandFailure when it cannot be started
   */
  public int run(Delivery first) {
    for (Event event : events) {
      if (event instanceof Event.Signalled signalled && signalled.isEnd()) {
        return 128 + signalled.signal();
      }
    }
    child = begin(first);
    OptionalInt code = OptionalInt.empty();
    while (code.isEmpty()) {
      Event event = await();
      code = event == null ? due() : take(event);
    }
    return code.getAsInt();
  }

  private Child begin(Delivery delivery) {
    versions.begin(delivery.versions());
    return Child.begin(command, delivery.environment(), bound, foreground, orphans, events::add);
  }

  private Child child() {
    return Objects.requireNonNull(child, "begun");
  }

  private @Nullable Event await() {
    long at = Math.min(Math.min(actAt, killAt), lookAt);
    try {
      return at == NEVER
          ? events.take()
          : events.poll(at - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return new Event.Signalled(Signals.TERM);
    }
  }

  private OptionalInt take(Event event) {
    switch (event) {
      case Event.Ended ended -> {
        child().end();
        interruptible = foreground.isOf(child().process());
        foreground.takeBack(child().process());
        return succeed();
      }
      case Event.Stopped stopped -> foreground.stopped(child().process(), stopped.signal());
      case Event.Signalled signalled -> passOn(signalled.signal());
      case Event.Changed changed -> changed(changed);
      case Event.Renewed renewed -> renewed(renewed.delivery());
      case Event.NotRenewed failed -> notRenewed(failed.why());
    }
    return OptionalInt.empty();
  }

  /**
   * The process that was begun has ended. When another is to follow, what it left behind has the
   * rest of the grace; then it would be in the way. Until that one is collected the group's number
   * is nobody else's.
   */
  private OptionalInt succeed() {
    if (next != null && killAt != NEVER && child().leavesOthers()) {
      lookAt = System.nanoTime() + SOON.toNanos();
      return OptionalInt.empty();
    }
    lookAt = NEVER;
    killAt = NEVER;
    int code = child().collect();
    Delivery following = next;
    // The key that interrupts speaks to the child alone, and means the end all the same.
    if (following == null || ending || (interruptible && code == CODE_INTERRUPTED)) {
      return OptionalInt.of(code);
    }
    next = null;
    child = begin(following);
    planAct();
    return OptionalInt.empty();
  }

  /** Whoever asks for the end gets it: nothing is begun again after that. */
  private void passOn(int signal) {
    switch (signal) {
      case Signals.CONT -> foreground.continued(child().process());
      case Signals.TSTP -> Foreground.stop(child().process());
      default -> {
        ending |= signal == Signals.TERM || signal == Signals.INT;
        child().signal(signal);
      }
    }
  }

  private void changed(Event.Changed changed) {
    if (versions.tell(changed.secret(), changed.version())) {
      actAt = retrying ? NEVER : actAt;
      retrying = false;
      planAct();
    }
  }

  /** Plans what is to be done about versions that the child has not, unless it is being done. */
  private void planAct() {
    if (versions.hasNews() && actAt == NEVER && !renewing && next == null) {
      actAt = System.nanoTime() + within(how.splay());
    }
  }

  private long within(Duration bound) {
    return bound.isZero() ? 0 : random.nextLong(bound.toNanos());
  }

  private OptionalInt due() {
    long now = System.nanoTime();
    if (now >= killAt) {
      killAt = NEVER;
      say("the command did not end within " + how.grace().toMillis() / 1000.0 + " s; killed");
      child().signalAll(Signals.KILL);
    }
    if (now >= actAt) {
      actAt = NEVER;
      act();
    }
    return child().hasEnded() ? succeed() : OptionalInt.empty();
  }

  private void act() {
    retrying = false;
    if (!versions.hasNews()) {
      return;
    }
    switch (how.onChange()) {
      case NOTHING -> versions.take();
      case SIGNAL -> tellByASignal();
      case RESTART -> {
        if (!ending) {
          renew();
        }
      }
    }
  }

  /** A command that is only beginning would be ended by a signal that it is to take later. */
  private void tellByASignal() {
    if (!Signals.ends(how.signal()) && !Reception.takes(child().process(), how.signal())) {
      sayOnce(
          "the command takes no " + Signals.name(how.signal()) + " yet; it is sent once it does");
      actAt = System.nanoTime() + pause.toNanos();
      pause = pause.compareTo(LATER) < 0 ? pause.multipliedBy(2) : pause;
      return;
    }
    pause = SOON;
    versions.deliver(versions.take());
    child().signal(how.signal());
  }

  private void renew() {
    renewing = true;
    acting = versions.take();
    Thread.ofPlatform().daemon().name("latchkey-renewal").start(() -> events.add(renewal()));
  }

  /** Whatever goes wrong here must be told, or nothing would ever be renewed again. */
  private Event renewal() {
    try {
      return new Event.Renewed(renewal.get());
    } catch (CommandFailure e) {
      return new Event.NotRenewed(e.what());
    } catch (RuntimeException | Error e) {
      return new Event.NotRenewed("unexpected " + e.getClass().getSimpleName());
    }
  }

  private void notRenewed(String why) {
    renewing = false;
    versions.giveBack(acting);
    sayOnce("the command goes on with the earlier values: " + why);
    if (versions.hasNews()) {
      retrying = true;
      actAt = System.nanoTime() + retry.next();
    }
  }

  private void renewed(Delivery delivery) {
    renewing = false;
    retry.reset();
    said = "";
    if (ending || versions.isDelivered(delivery.versions())) {
      planAct();
      return;
    }
    say("a secret changed; beginning the command again");
    next = delivery;
    killAt = System.nanoTime() + how.grace().toNanos();
    child().signalAll(Signals.TERM);
    // One that is stopped could not even end.
    child().signalAll(Signals.CONT);
  }

  private void sayOnce(String what) {
    if (!what.equals(said)) {
      said = what;
      say(what);
    }
  }

  private void say(String what) {
    err.println("latchkey exec: " + what);
    err.flush();
  }
}
