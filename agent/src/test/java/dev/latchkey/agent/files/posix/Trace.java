package dev.latchkey.agent.files.posix;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Goes through the system calls of one thread and finds each that lets a wider mode be seen, even
 * for a moment, or that could be led elsewhere by a symlink.
 *
 * <p>A file or directory begins with nothing for group and others, changes its mode only once and
 * after its group, and a file without a name gets one when mode, bytes and disk are done.
 */
final class Trace {

  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9a-f]{16}\\.tmp");
  private static final int BEYOND_OWNER = 0077;

  private final String directory;
  private final int wantedGroup;
  private final boolean groupIsOwn;
  private final Map<Integer, Open> open = new HashMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<String> breaches = new ArrayList<>();
  private boolean unsynced;

  /** Looks at what happens below a directory, where only that group may be given rights. */
  Trace(String directory, int wantedGroup) {
    this.directory = directory;
    this.wantedGroup = wantedGroup;
    this.groupIsOwn = wantedGroup == Deliveries.ownGid();
  }

  /** What is known about an open descriptor. */
  private static final class Open {
    private final boolean unnamed;
    private boolean created;
    private boolean grouped;
    private boolean moded;
    private boolean synced;
    private boolean linked;

    Open(boolean unnamed, boolean created) {
      this.unnamed = unnamed;
      this.created = created;
    }
  }

  void add(List<String> lines) {
    for (String line : lines) {
      SystemCall.parse(line).filter(SystemCall::succeeded).ifPresent(this::add);
    }
  }

  /** What should not have happened, as it stands in the trace. */
  List<String> breaches() {
    return unsynced ? List.of("a rename was not followed by a sync of its directory") : breaches;
  }

  /** How many calls of each name were looked at. */
  Map<String, Integer> counts() {
    return counts;
  }

  private void add(SystemCall call) {
    boolean opening = call.name().startsWith("open") || call.name().equals("creat");
    if (!call.line().contains(directory)) {
      if (opening) {
        open.remove(call.answer());
      }
      return;
    }
    counts.merge(call.name(), 1, Integer::sum);
    switch (call.name()) {
      case "openat" -> opened(call);
      case "mkdirat" -> check(call, call.mode(2) == 0700);
      case "fchmod" -> moded(call, of(call), call.mode(1));
      case "fchmodat" ->
          check(call, call.text(1).startsWith("/proc/self/fd/") && call.mode(2) == 0700);
      case "fchownat" -> owned(call, of(call));
      case "fsync" -> synced(of(call));
      case "write" -> written(call, of(call));
      case "linkat" -> linked(call);
      case "symlinkat" -> check(call, call.descriptor(1) >= 0 && isTemporary(call.text(2)));
      case "renameat", "renameat2" -> renamed(call);
      case "unlinkat", "readlinkat" -> check(call, call.descriptor(0) >= 0);
      // By path, or older ones that take no directory: they could be led elsewhere.
      default -> check(call, false);
    }
  }

  private Open of(SystemCall call) {
    return open.computeIfAbsent(call.descriptor(0), number -> new Open(false, false));
  }

  private void check(SystemCall call, boolean good) {
    if (!good) {
      breaches.add(call.line());
    }
  }

  private void opened(SystemCall call) {
    String flags = call.arguments().get(2);
    boolean unnamed = flags.contains("O_TMPFILE");
    boolean creates = unnamed || flags.contains("O_CREAT");
    open.put(call.answer(), new Open(unnamed, creates));
    if (call.text(1).startsWith("/proc/self/fd/")) {
      // A descriptor that is open already, to be listed.
      check(call, flags.startsWith("O_RDONLY"));
      return;
    }
    check(call, call.text(1).equals(".") || flags.contains("O_NOFOLLOW"));
    check(call, call.descriptor(0) >= 0);
    if (creates) {
      check(call, unnamed || flags.contains("O_EXCL"));
      check(call, (call.mode(3) & ~0600) == 0);
    }
  }

  private void owned(SystemCall call, Open file) {
    check(call, !file.linked && !file.moded && call.text(1).isEmpty());
    file.grouped |= call.arguments().get(3).equals(Integer.toString(wantedGroup));
  }

  private void moded(SystemCall call, Open file, int mode) {
    check(call, !file.linked && !file.moded);
    check(call, (mode & ~0750) == 0);
    check(call, (mode & BEYOND_OWNER) == 0 || file.grouped || groupIsOwn);
    file.moded = true;
  }

  private void synced(Open file) {
    file.synced = true;
    if (!file.created) {
      unsynced = false;
    }
  }

  private void written(SystemCall call, Open file) {
    check(call, file.created && file.moded && !file.synced && !file.linked);
  }

  private void linked(SystemCall call) {
    int number = Integer.parseInt(call.text(1).substring("/proc/self/fd/".length()));
    Open file = open.getOrDefault(number, new Open(false, false));
    check(call, file.unnamed && file.moded && file.synced && call.descriptor(2) >= 0);
    file.linked = true;
  }

  private void renamed(SystemCall call) {
    check(call, call.descriptor(0) >= 0 && call.descriptor(2) >= 0);
    check(call, isTemporary(call.text(1)) && !isTemporary(call.text(3)));
    check(call, !unsynced);
    unsynced = true;
  }

  private static boolean isTemporary(String name) {
    return TEMPORARY.matcher(name).matches();
  }
}
