package dev.latchkey.cli.child;

import dev.latchkey.cli.outcome.CommandFailure;
import java.util.List;
import java.util.OptionalInt;

/**
 * A process that was begun in a group of its own, until its end is collected: as long as it is not,
 * or others of its group live, the numbers of the process and of its group are nobody else's. Used
 * by one thread, which has to last as long as the process does.
 */
final class Child {
  private final int process;
  private final Orphans orphans;
  private boolean ended;
  private boolean inFront;
  private OptionalInt collected = OptionalInt.empty();

  private Child(int process, Orphans orphans) {
    this.process = process;
    this.orphans = orphans;
  }

  /**
   * Begins a command.
   *
   * @param orphans leave it to be collected here
   * @throws CommandFailure when it cannot be started
   */
  static Child begin(
      ChildCommand command,
      List<byte[]> environment,
      boolean bound,
      Foreground foreground,
      Orphans orphans) {
    return new Child(orphans.begin(() -> command.start(environment, bound, foreground)), orphans);
  }

  /** The process that was begun, whose number its group has too. */
  int process() {
    return process;
  }

  /** The process that was begun has ended; what it began may be at work. */
  void end(Foreground foreground) {
    ended = true;
    inFront = foreground.isOf(process);
    foreground.takeBack(process);
  }

  /** Whether the terminal's keys spoke to it alone when it ended. */
  boolean wasInFront() {
    return inFront;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Whether the process has ended and others of its group have not. */
  boolean leavesOthers() {
    return ended && ProcessTable.hasLiving(process, process);
  }

  /** Asks all of the group to end; what is stopped could not even do that. */
  void askToEnd(Foreground foreground) {
    foreground.keep(process);
    signalAll(Signals.TERM);
    signalAll(Signals.CONT);
  }

  /** Passes on what this process was sent. */
  void passOn(int signal, Foreground foreground) {
    switch (signal) {
      case Signals.CONT -> foreground.continued(process);
      case Signals.TSTP -> Foreground.stop(process);
      default -> {
        // The key that interrupts is for all of a group, also where another has the terminal.
        if (signal == Signals.INT && foreground.isOwn()) {
          signalAll(signal);
        } else {
          signal(signal);
        }
      }
    }
  }

  /** Sends a signal to the process alone, or to what it left when it has ended. */
  void signal(int signal) {
    if (ended) {
      signalAll(signal);
    } else {
      Posix.kill(process, signal);
    }
  }

  /** Sends a signal to all of the group. */
  void signalAll(int signal) {
    if (collected.isEmpty() || leavesOthers()) {
      Posix.kill(-process, signal);
    }
  }

  /**
   * Has its end collected before that of the others it left, where nobody else's would be until
   * then. The numbers stay theirs.
   */
  void makeWay() {
    if (ended && collected.isEmpty() && orphans.areCollected()) {
      collected = OptionalInt.of(orphans.collect());
    }
  }

  /** Collects its end; the exit code, or 128 and the number of the signal that ended it. */
  int collect() {
    int status = collected.isPresent() ? collected.getAsInt() : orphans.collect();
    int signal = status & 0x7f;
    return signal == 0 ? status >> 8 & 0xff : 128 + signal;
  }
}
