package dev.latchkey.cli.child;

/**
 * The terminal that this process was begun on, if it was in its foreground: its keys are to speak
 * to the child's process group alone, so that an interrupt reaches the child once.
 */
final class Foreground {
  private static final int NONE = -1;
  private static final int SIGCONT = 18;
  private static final int SIGTSTP = 20;
  private static final int SIGTTIN = 21;
  private static final int SIGTTOU = 22;

  private final int terminal;
  private final int ownGroup = Posix.ownGroup();

  private Foreground(int terminal) {
    this.terminal = terminal;
  }

  /** Looks at the three standard streams. */
  static Foreground ofProcess() {
    for (int stream = 0; stream < 3; stream++) {
      if (Posix.isTerminal(stream) && Posix.foreground(stream) == Posix.ownGroup()) {
        return new Foreground(stream);
      }
    }
    return new Foreground(NONE);
  }

  /** The terminal's descriptor; negative when there is none. */
  int terminal() {
    return terminal;
  }

  /** Puts a child's group in front, and continues it if it was stopped for not being there. */
  void give(int group) {
    if (terminal != NONE) {
      Posix.setForeground(terminal, group);
      Posix.kill(-group, SIGCONT);
    }
  }

  /** Puts this process's own group in front. */
  void takeBack() {
    if (terminal != NONE) {
      Posix.setForeground(terminal, ownGroup);
    }
  }

  /**
   * The child's group was stopped by that signal. Without a terminal whoever did it undoes it; with
   * one, this process stops as well, so that the shell that began it sees its job stopped.
   */
  void stopped(int group, int signal) {
    if (terminal == NONE) {
      return;
    }
    boolean wasBehind = signal == SIGTTIN || signal == SIGTTOU;
    if ((wasBehind && Posix.foreground(terminal) == group) || OwnProcess.isOrphaned()) {
      give(group);
      return;
    }
    takeBack();
    Posix.kill((int) ProcessHandle.current().pid(), SIGTSTP);
  }

  /** This process was continued: so is the child's group, in front if this one was put there. */
  void continued(int group) {
    if (terminal != NONE && Posix.foreground(terminal) == ownGroup) {
      give(group);
    } else {
      Posix.kill(-group, SIGCONT);
    }
  }
}
