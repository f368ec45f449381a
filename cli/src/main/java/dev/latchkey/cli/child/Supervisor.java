package dev.latchkey.cli.child;

import dev.latchkey.cli.outcome.CommandFailure;
import java.io.PrintStream;
import java.util.Objects;
import java.util.OptionalInt;
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
  private final ChildCommand command;
  private final Supervision how;
  private final Events events = new Events();
  private final Foreground foreground = Foreground.ofProcess();
  private final Orphans orphans = Orphans.ofProcess();
  private final Follower follower = new Follower(events::add);
  private final boolean bound;
  private final Changes changes;
  private final Renewal renewal;
  private final SignalTelling telling;
  private final Remarks remarks;
  private final Retry beginning;
  private final EndRequest asked;
  private @Nullable Child child;
  private @Nullable Delivery next;
  private @Nullable Delivery last;
  private @Nullable GroupEnd end;
  private long beginAt = Events.NEVER;

  /**
   * A supervisor that has not begun.
   *
   * @param renewal brings the values for a new start; may wait, on a thread of its own
   * @param err where it says what it does
   * @param bound whether the child is to end when this process does; see {@link
   *     ChildCommand#canBind}
   */
  public Supervisor(
      ChildCommand command,
      Supervision how,
      Supplier<Delivery> renewal,
      RandomGenerator random,
      PrintStream err,
      boolean bound) {
    this.command = command;
    this.how = how;
    this.bound = bound;
    this.changes = new Changes(how.splay(), random);
    this.renewal = new Renewal(renewal, events::add);
    this.telling = new SignalTelling(how.signal());
    this.remarks = new Remarks(err);
    this.beginning = new Retry(random);
    this.asked = new EndRequest(how.grace());
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
    return events.isOutdated(delivery);
  }

  /**
   * Runs the child to its end. It is not begun when this process was asked to end before that.
   *
   * @return its exit code; 128 and the number of the signal that ended it
   * @throws CommandFailure when it cannot be started
   */
  public int run(Delivery first) {
    OptionalInt ending = events.endingSignal();
    if (ending.isPresent()) {
      return 128 + ending.getAsInt();
    }
    try (follower) {
      follower.start();
      child = begin(first);
      OptionalInt code = OptionalInt.empty();
      while (code.isEmpty()) {
        Event event = events.await(at());
        code = event == null ? due() : take(event);
      }
      return code.getAsInt();
    }
  }

  private Child begin(Delivery delivery) {
    changes.begin(delivery.versions());
    Child begun = Child.begin(command, delivery.environment(), bound, foreground, orphans);
    follower.follow(begun.process());
    return begun;
  }

  private Child child() {
    return Objects.requireNonNull(child, "begun");
  }

  private long at() {
    return Math.min(Math.min(changes.at(), beginAt), end == null ? Events.NEVER : end.at());
  }

  private OptionalInt take(Event event) {
    switch (event) {
      case Event.Ended ended -> {
        child().end(foreground);
        return succeed();
      }
      case Event.Stopped stopped -> stop(stopped.signal());
      case Event.Signalled signalled -> {
        return passOn(signalled);
      }
      case Event.Changed changed -> {
        if (changes.tell(changed.secret(), changed.version())) {
          plan();
        }
      }
      case Event.Renewed renewed -> renewed(renewed.delivery());
      case Event.NotRenewed failed -> {
        changes.notRenewed();
        remarks.sayOnce("the command goes on with the earlier values: " + failed.why());
      }
    }
    return OptionalInt.empty();
  }

  private OptionalInt passOn(Event.Signalled signalled) {
    int signal = signalled.signal();
    long now = System.nanoTime();
    GroupEnd awaited = end;
    asked.signalled(signal, awaited != null, now);
    if (awaited != null && signal == Signals.CONT) {
      awaited.continued(now);
    }
    Child running = child;
    if (running == null) {
      return passOnToNobody(signalled);
    }
    running.passOn(signal, foreground);
    return OptionalInt.empty();
  }

  /** While this process is stopped with the child, the child cannot use its grace. */
  private void stop(int signal) {
    long now = System.nanoTime();
    GroupEnd awaited = end;
    if (foreground.stopped(child().process(), signal) && awaited != null) {
      awaited.stopped(now);
    }
  }

  private OptionalInt passOnToNobody(Event.Signalled signalled) {
    if (signalled.isEnd()) {
      return OptionalInt.of(128 + signalled.signal());
    }
    if (signalled.signal() == Signals.TSTP) {
      foreground.stopAlone();
    }
    return OptionalInt.empty();
  }

  /** While one that was begun is to end for another, nothing else is begun. */
  private void plan() {
    if (next == null || child == null) {
      changes.plan();
    }
  }

  private OptionalInt due() {
    if (System.nanoTime() >= changes.at()) {
      act();
    }
    if (System.nanoTime() >= beginAt) {
      beginNext();
    }
    return end == null ? OptionalInt.empty() : succeed();
  }

  /**
   * The process that was begun has ended, or is to. When another is to follow, what it left behind
   * has the rest of the grace; then it would be in the way.
   */
  private OptionalInt succeed() {
    GroupEnd awaited = end;
    if (awaited == null) {
      return collect();
    }
    return switch (awaited.next(System.nanoTime(), child().hasEnded(), child().leavesOthers())) {
      case WAIT -> {
        child().makeWay();
        yield OptionalInt.empty();
      }
      case KILL -> {
        remarks.killed(how.grace());
        child().signalAll(Signals.KILL);
        yield OptionalInt.empty();
      }
      case OVER -> collect();
    };
  }

  private OptionalInt collect() {
    end = null;
    Child over = child();
    boolean begun = !(bound && command.isBinding(over.process()));
    int code = over.collect();
    child = null;
    if (asked.isMet(code, over.wasInFront(), System.nanoTime())) {
      return OptionalInt.of(code);
    }
    if (next != null) {
      beginNext();
    } else if (last != null && !begun) {
      next = last;
      beginLater("the command could not be begun");
    } else {
      return OptionalInt.of(code);
    }
    return OptionalInt.empty();
  }

  /** What ran is gone: what hinders its successor, as no memory for it, may pass. */
  private void beginNext() {
    beginAt = Events.NEVER;
    Delivery following = Objects.requireNonNull(next, "what is to follow");
    try {
      child = begin(following);
    } catch (CommandFailure e) {
      beginLater(e.what());
      return;
    }
    last = following;
    next = null;
    plan();
  }

  private void beginLater(String why) {
    remarks.sayOnce(why + "; it is tried again");
    beginAt = System.nanoTime() + beginning.next();
  }

  private void act() {
    if (!changes.isDue()) {
      return;
    }
    switch (how.onChange()) {
      case NOTHING -> changes.deliver();
      case SIGNAL -> telling.tell(child(), changes, remarks);
      case RESTART -> renew();
    }
  }

  private void renew() {
    long now = System.nanoTime();
    if (!asked.stands(now)) {
      changes.renew();
      renewal.begin();
    } else if (!asked.isLasting()) {
      changes.putOff(asked.rest(now));
    }
  }

  private void renewed(Delivery delivery) {
    remarks.forget();
    if (!changes.renewed(delivery.versions(), !asked.stands(System.nanoTime()))) {
      plan();
      return;
    }
    next = delivery;
    beginning.reset();
    Child running = child;
    if (running == null) {
      beginAt = System.nanoTime();
      return;
    }
    remarks.say("a secret changed; beginning the command again");
    end = new GroupEnd(System.nanoTime(), how.grace());
    running.askToEnd(foreground);
  }
}
