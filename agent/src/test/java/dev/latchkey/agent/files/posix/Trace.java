package dev.latchkey.agent.files.posix;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Goes through system calls in the order in which they ended and finds each that lets a wider mode
 * than a delivery is to have be seen, even for a moment, or that could be led elsewhere by a
 * symlink.
 *
 * <p>A file or directory begins with nothing for group and others, changes its mode only once and
 * after its group, and a file without a name gets one when mode, bytes and disk are done.
 */
public final class Trace {

  /** The calls that strace is to tell of, for its option {@code -e}. */
  public static final String CALLS =
      "trace=open,openat,openat2,creat,mkdir,mkdirat,chmod,fchmod,fchmodat,?fchmodat2,chown,fchown,"
          + "lchown,fchownat,link,linkat,symlink,symlinkat,rename,renameat,renameat2,unlink,"
          + "unlinkat,rmdir,truncate,ftruncate,write,pwrite64,writev,pwritev,pwritev2,fsync,"
          + "readlinkat,copy_file_range,mknod,mknodat,setxattr,lsetxattr,fsetxattr";

  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9a-f]{16}\\.tmp");
  private static final int BEYOND_OWNER = 0077;
  private static final int GROUP_READS = 0040;
  private static final String UNCHANGED = "-1";

  private final String directory;
  private final Allowed allowed;
  private final Map<Integer, Open> open = new HashMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<String> breaches = new ArrayList<>();
  private boolean unsynced;

  /**
   * What the deliveries below a directory are to have.
   *
   * @param mode the widest of a file; a directory lets in the group that reads its files
   * @param owner to whom files are given; empty for none but the writer itself
   * @param group to which files are given; empty for the writer's own
   */
  public record Allowed(int mode, OptionalInt owner, OptionalInt group) {

    /** For the writer's own user and group. */
    public static Allowed own(int mode) {
      return new Allowed(mode, OptionalInt.empty(), OptionalInt.empty());
    }

    private int of(Open file) {
      return file.directory ? 0700 | ((mode & GROUP_READS) == 0 ? 0 : 0050) : mode;
    }
  }

  /** Looks at what happens below a directory. */
  public Trace(String directory, Allowed allowed) {
    this.directory = directory;
    this.allowed = allowed;
  }

  /** What is known about an open descriptor. */
  private static final class Open {
    private final boolean unnamed;
    private final boolean directory;
    private boolean created;
    private boolean grouped;
    private boolean moded;
    private boolean synced;
    private boolean linked;

    Open(boolean unnamed, boolean directory, boolean created) {
      this.unnamed = unnamed;
      this.directory = directory;
      this.created = created;
    }

    static Open unknown() {
      return new Open(false, false, false);
    }
  }

  /** Goes on with lines of {@code strace -y}. */
  public void add(List<String> lines) {
    for (String line : lines) {
      SystemCall.parse(line).filter(SystemCall::succeeded).ifPresent(this::add);
    }
  }

  /** What should not have happened, as it stands in the trace. */
  public List<String> breaches() {
    return unsynced ? List.of("a rename was not followed by a sync of its directory") : breaches;
  }

  /** How many calls of each name were looked at. */
  public Map<String, Integer> counts() {
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
    return open.computeIfAbsent(call.descriptor(0), number -> Open.unknown());
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
    open.put(call.answer(), new Open(unnamed, flags.contains("O_DIRECTORY"), creates));
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
    String owner = call.arguments().get(2);
    String group = call.arguments().get(3);
    check(call, !file.linked && call.text(1).isEmpty());
    check(call, owner.equals(UNCHANGED) || is(owner, allowed.owner()));
    check(call, group.equals(UNCHANGED) || (is(group, allowed.group()) && !file.moded));
    file.grouped |= is(group, allowed.group());
  }

  private static boolean is(String number, OptionalInt wanted) {
    return wanted.isPresent() && number.equals(Integer.toString(wanted.getAsInt()));
  }

  private void moded(SystemCall call, Open file, int mode) {
    check(call, !file.linked && !file.moded);
    check(call, (mode & ~allowed.of(file)) == 0);
    check(call, (mode & BEYOND_OWNER) == 0 || file.grouped || allowed.group().isEmpty());
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
    Open file = open.getOrDefault(number, Open.unknown());
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
