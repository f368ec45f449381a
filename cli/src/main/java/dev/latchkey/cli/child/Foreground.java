package dev.latchkey.cli.child;

/**
 * The terminal that this process was begun on: while its keys speak to this process they are made
 * to speak to the child's process group alone, so that an interrupt reaches the child once.
 *
 * <p>Whose the terminal is changes as its user moves jobs about. So that is asked at each step, and
 * nothing is ever taken from a third group. Where this process shares its group, as in a pipeline
 * or a script, the others need the keys too: the child gets the terminal only when it asks for it.
 */
final class Foreground {
  private static final int NONE = -1;
  private static final int SIGTTIN = 21;

  private final int terminal;
  private final int ownGroup = TerminalCalls.ownGroup();

  private boolean kept;

  private Foreground(int terminal) {
    this.terminal = terminal;
  }

  /** Looks at the three standard streams for the terminal of this session. */
  static Foreground ofProcess() {
    for (int stream = 0; stream < 3; stream++) {
      if (TerminalCalls.isTerminal(stream) && TerminalCalls.foreground(stream) >= 0) {
        return new Foreground(stream);
      }
    }
    return new Foreground(NONE);
  }

  /** The descriptor of the terminal if a child is to have it from its begin; else negative. */
  int forChild() {
    kept = false;
    return isOwn() && isAlone() ? terminal : NONE;
  }

  /** Puts a child's group in front, and continues it if it was stopped for not being there. */
  void give(int group) {
    TerminalCalls.setForeground(terminal, group);
    Posix.kill(-group, Signals.CONT);
  }

  /** Whether the keys speak to this process, and to those that it shares its group with. */
  boolean isOwn() {
    return isOf(ownGroup);
  }

  /** Whether the keys speak to that group. */
  boolean isOf(int group) {
    return terminal != NONE && TerminalCalls.foreground(terminal) == group;
  }

  /** Puts this process's own group in front, if that one is. */
  void takeBack(int group) {
    if (isOf(group)) {
      TerminalCalls.setForeground(terminal, ownGroup);
    }
  }

  /**
   * Has the keys speak to this process, until another child is begun: an interrupt is meant for
   * both, whatever the one that is being ended makes of it.
   */
  void keep(int group) {
    kept = true;
    takeBack(group);
  }

  /** Puts this process's own group in front: the child it was given to did not come to be. */
  void restore() {
    TerminalCalls.setForeground(terminal, ownGroup);
  }

  /**
   * The child's group was stopped by that signal. Without a terminal whoever did it undoes it; with
   * one, this process stops as well, so that the shell that began it sees its job stopped. Where
   * there is no such shell, the key would stop the child for ever and is undone.
   *
   * @return whether this process was stopped as well, until it is continued
   */
  boolean stopped(int group, int signal) {
    if (terminal == NONE) {
      return false;
    }
    boolean wasBehind = signal == SIGTTIN || signal == Signals.TTOU;
    if (wasBehind && (isOwn() || isOf(group))) {
      give(group);
    } else if (!ProcessTable.isOrphaned(ownGroup)) {
      takeBack(group);
      Signals.stopOwnGroup();
      return true;
    } else if (signal == Signals.TSTP) {
      Posix.kill(-group, Signals.CONT);
    }
    return false;
  }

  /** This process was continued: so is the child's group, in front if this one was put there. */
  void continued(int group) {
    if (!kept && isOwn() && isAlone()) {
      give(group);
    } else {
      Posix.kill(-group, Signals.CONT);
    }
  }

  /** The key that stops came while there is no child. */
  void stopAlone() {
    if (!ProcessTable.isOrphaned(ownGroup)) {
      Signals.stopOwnGroup();
    }
  }

  /** The key that stops was meant for the child too. */
  static void stop(int group) {
    Posix.kill(-group, Signals.TSTP);
  }

  private boolean isAlone() {
    return !ProcessTable.hasLiving(ownGroup, ProcessHandle.current().pid());
  }
}
