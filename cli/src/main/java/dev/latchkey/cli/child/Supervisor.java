package dev.latchkey.cli.child;

import dev.latchkey.cli.outcome.CommandFailure;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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
  private static final int CODE_STOPPED = 5;

  private final ChildCommand command;
  private final Supervision how;
  private final Supplier<Delivery> renewal;
  private final RandomGenerator random;
  private final PrintStream err;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Foreground foreground = Foreground.ofProcess();
  private final boolean bound = ChildCommand.canBind();
  private final Map<String, String> delivered = new HashMap<>();
  private final Map<String, String> told = new HashMap<>();
  private @Nullable Delivery next;
  private int child;
  private boolean renewing;
  private boolean ending;
  private long actAt = NEVER;
  private long killAt = NEVER;

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
    this.command = command;
    this.how = how;
    this.renewal = renewal;
    this.random = random;
    this.err = err;
  }

  private sealed interface Event {
    record Ended() implements Event {}

    record Stopped(int signal) implements Event {}

    record Signalled(int signal) implements Event {}

    record Changed(String secret, String version) implements Event {}

    record Renewed(Delivery delivery) implements Event {}

    record NotRenewed(CommandFailure why) implements Event {}
  }

  /** A secret has that version now. Safe for use by several threads. */
  public void changed(String secret, String version) {
    events.add(new Event.Changed(secret, version));
  }

  /** This process was sent a signal. Safe for use by several threads. */
  public void signalled(int signal) {
    events.add(new Event.Signalled(signal));
  }

  /** Takes the process's signals from now on. */
  public void takeSignals() {
    Signals.take(this::signalled);
  }

  /**
   * Runs the child to its end.
   *
   * @return its exit code; 128 and the number of the signal that ended it
   * @throws CommandFailure when it cannot be started
   */
  public int run(Delivery first) {
    begin(first);
    OptionalInt code = OptionalInt.empty();
    while (code.isEmpty()) {
      Event event = await();
      if (event == null) {
        due();
      } else {
        code = take(event);
      }
    }
    foreground.takeBack();
    return code.getAsInt();
  }

  private void begin(Delivery delivery) {
    delivered.clear();
    delivered.putAll(delivery.versions());
    child = command.start(delivery.environment(), bound, foreground);
    foreground.give(child);
    int begun = child;
    Thread.ofPlatform().daemon().name("latchkey-child").start(() -> follow(begun));
  }

  /** Leaves the end to be collected by the deciding thread, so that no signal hits another. */
  private void follow(int begun) {
    while (Posix.awaitChange(begun) == CODE_STOPPED) {
      int signal = Posix.collectStop(begun);
      if (signal != 0) {
        events.add(new Event.Stopped(signal));
      }
    }
    events.add(new Event.Ended());
  }

  private @Nullable Event await() {
    long at = Math.min(actAt, killAt);
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
        return ended();
      }
      case Event.Stopped stopped -> foreground.stopped(child, stopped.signal());
      case Event.Signalled signalled -> passOn(signalled.signal());
      case Event.Changed changed -> changed(changed);
      case Event.Renewed renewed -> renewed(renewed.delivery());
      case Event.NotRenewed failed -> {
        renewing = false;
        planAct();
        say("the command goes on with the earlier values: " + failed.why().what());
      }
    }
    return OptionalInt.empty();
  }

  private OptionalInt ended() {
    Delivery following = next;
    if (following == null || ending) {
      return OptionalInt.of(exitCode(Posix.collect(child)));
    }
    // What it left behind would be in the way of its successor.
    Posix.kill(-child, Signals.KILL);
    Posix.collect(child);
    foreground.takeBack();
    next = null;
    killAt = NEVER;
    begin(following);
    planAct();
    return OptionalInt.empty();
  }

  private static int exitCode(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? status >> 8 & 0xff : 128 + signal;
  }

  /** Whoever asks for the end gets it: nothing is begun again after that. */
  private void passOn(int signal) {
    if (signal == Signals.CONT) {
      foreground.continued(child);
      return;
    }
    ending |= signal == Signals.TERM || signal == Signals.INT;
    Posix.kill(child, signal);
  }

  private void changed(Event.Changed changed) {
    told.put(changed.secret(), changed.version());
    planAct();
  }

  /** Plans what is to be done about versions that the child has not, unless it is being done. */
  private void planAct() {
    told.entrySet().removeIf(one -> one.getValue().equals(delivered.get(one.getKey())));
    if (!told.isEmpty() && actAt == NEVER && !renewing && next == null) {
      actAt = System.nanoTime() + within(how.splay());
    }
  }

  private long within(Duration bound) {
    return bound.isZero() ? 0 : random.nextLong(bound.toNanos());
  }

  private void due() {
    long now = System.nanoTime();
    if (now >= killAt) {
      killAt = NEVER;
      say("the command did not end within " + how.grace().toMillis() / 1000.0 + " s; killed");
      Posix.kill(-child, Signals.KILL);
    }
    if (now >= actAt) {
      actAt = NEVER;
      act();
    }
  }

  private void act() {
    switch (how.onChange()) {
      case NOTHING -> {}
      case SIGNAL -> {
        delivered.putAll(told);
        Posix.kill(child, how.signal());
      }
      case RESTART -> {
        if (!ending) {
          renew();
        }
      }
    }
    told.clear();
  }

  private void renew() {
    renewing = true;
    Thread.ofPlatform()
        .daemon()
        .name("latchkey-renewal")
        .start(
            () -> {
              try {
                events.add(new Event.Renewed(renewal.get()));
              } catch (CommandFailure e) {
                events.add(new Event.NotRenewed(e));
              }
            });
  }

  private void renewed(Delivery delivery) {
    renewing = false;
    if (ending || delivery.versions().equals(delivered)) {
      planAct();
      return;
    }
    say("a secret changed; beginning the command again");
    next = delivery;
    killAt = System.nanoTime() + how.grace().toNanos();
    Posix.kill(-child, Signals.TERM);
    // One that is stopped could not even end.
    Posix.kill(-child, Signals.CONT);
  }

  private void say(String what) {
    err.println("latchkey exec: " + what);
    err.flush();
  }
}
