package dev.latchkey.cli.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/** The calls of the system about terminals and the groups that their keys speak to. */
final class TerminalCalls {
  private static final MethodHandle ISATTY = Native.call("isatty", JAVA_INT);
  private static final MethodHandle GETPGID = Native.call("getpgid", JAVA_INT);
  private static final MethodHandle GETSID = Native.call("getsid", JAVA_INT);
  private static final MethodHandle TCGETPGRP = Native.call("tcgetpgrp", JAVA_INT);
  private static final MethodHandle TCSETPGRP = Native.call("tcsetpgrp", JAVA_INT, JAVA_INT);

  private TerminalCalls() {}

  static boolean isTerminal(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      return Native.invoke(ISATTY, arena, descriptor) == 1;
    }
  }

  /** This process's group. */
  static int ownGroup() {
    return group(0);
  }

  /** The group of a process, also of one that the process table hides; negative for none. */
  static int group(int process) {
    try (Arena arena = Arena.ofConfined()) {
      return Native.invoke(GETPGID, arena, process);
    }
  }

  /** The session of a process, also of one that the process table hides; negative for none. */
  static int session(int process) {
    try (Arena arena = Arena.ofConfined()) {
      return Native.invoke(GETSID, arena, process);
    }
  }

  /** The group that a terminal's keys speak to; negative when it is not this session's. */
  static int foreground(int terminal) {
    try (Arena arena = Arena.ofConfined()) {
      return Native.invoke(TCGETPGRP, arena, terminal);
    }
  }

  /** Gives a terminal to a group, which a group in the background may only with SIGTTOU blocked. */
  static int setForeground(int terminal, int group) {
    try (Arena arena = Arena.ofConfined()) {
      long before = Posix.block(arena, Signals.TTOU);
      int done = Native.invoke(TCSETPGRP, arena, terminal, group);
      Posix.setMask(arena, before);
      return done;
    }
  }
}
