package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.FileThreads;
import dev.latchkey.agent.inject.InlineFileThreads;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.Values;
import dev.latchkey.agent.machine.Accounts;
import dev.latchkey.agent.machine.OwnRights;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * What the tests deliver. A numbered content tells its number in every line, so that a part of it
 * and a mix of two are recognised.
 */
final class Deliveries {

  /** Larger than a page and than the buffer of the writer, and no multiple of either. */
  private static final int LINES = 9_001;

  static final SecretName SECRET = new SecretName("a");

  /** For what needs no timer, or is to be looked at before one comes. */
  static final Timers NO_TIMERS = (delay, task) -> () -> {};

  /** For what is done by no timer. */
  static final FileThreads THREADS = InlineFileThreads.of(TimeSource.system(), NO_TIMERS);

  static final List<String> NAMES = List.of("ca.pem", "tls.crt", "tls.key");

  private Deliveries() {}

  /** A tree for which a minute passes from each change to the next. */
  static PosixFileTree tree() {
    AtomicLong minutes = new AtomicLong();
    return tree(
        new TimeSource() {
          @Override
          public Instant now() {
            return Instant.EPOCH.plus(Duration.ofNanos(nanoTime()));
          }

          @Override
          public long nanoTime() {
            return Duration.ofMinutes(minutes.incrementAndGet()).toNanos();
          }
        });
  }

  static PosixFileTree tree(TimeSource time) {
    return new PosixFileTree(accounts(), new CountedVersions(), time, NO_TIMERS, THREADS);
  }

  /** Draws as the agent does, but that a set's versions count from 1, so that tests name them. */
  private static final class CountedVersions implements RandomGenerator {

    private final SecureRandom random = new SecureRandom();

    @Override
    public long nextLong() {
      return random.nextLong();
    }

    @Override
    public long nextLong(long bound) {
      return 0;
    }
  }

  /** Accounts that need not be those of the machine. */
  static Accounts accounts() {
    Map<String, Integer> known = Map.of("root", 0, "daemon", 1, "other", 23_456, "own", ownGid());
    return new Accounts() {
      @Override
      public OptionalInt uid(String user) {
        return known.containsKey(user) ? OptionalInt.of(known.get(user)) : OptionalInt.empty();
      }

      @Override
      public OptionalInt gid(String group) {
        return uid(group);
      }
    };
  }

  /** What a delivery of {@link #SECRET} is rendered from. */
  static Values values(Map<String, SecretValue> fields) {
    SecretState state =
        new SecretState(
            SECRET,
            new StateId(new Epoch("one"), 1, 1),
            "v1",
            new SecretContent(fields),
            new Lifetime.Unleased(),
            Instant.EPOCH,
            Instant.EPOCH,
            Optional.empty(),
            0,
            Cause.PUT);
    return new Values(Map.of(SECRET, state), Map.of());
  }

  static int ownUid() {
    return OwnRights.read().uid();
  }

  static int ownGid() {
    return OwnRights.read().gid();
  }

  static Placement file(Path path) {
    return Placement.of(path, Placement.Kind.FILE);
  }

  static Placement set(Path path) {
    return Placement.of(path, Placement.Kind.SET);
  }

  static Placement with(Placement placement, int mode, String group) {
    return new Placement(
        placement.path(), placement.kind(), mode, placement.owner(), Optional.of(group));
  }

  static Placement ownedBy(Placement placement, String owner) {
    return new Placement(
        placement.path(),
        placement.kind(),
        placement.mode(),
        Optional.of(owner),
        placement.group());
  }

  static FileContent content(String name, String text) {
    return new FileContent(name, text.getBytes(StandardCharsets.UTF_8));
  }

  static List<FileContent> one(String text) {
    return List.of(content("one", text));
  }

  static List<FileContent> three(String text) {
    return NAMES.stream().map(name -> content(name, text + " of " + name)).toList();
  }

  /** The three files of a numbered version. */
  static List<FileContent> numbered(long number) {
    return numbered(number, LINES);
  }

  /** The three files of a numbered version, of so many lines. */
  static List<FileContent> numbered(long number, int lines) {
    String text = (number + "\n").repeat(lines);
    return NAMES.stream().map(name -> content(name, text)).toList();
  }

  /** The number that all lines of a numbered content tell; empty when it is torn. */
  static Optional<Long> number(byte[] bytes) {
    return number(bytes, LINES);
  }

  /** The number that so many lines tell, all of them. */
  static Optional<Long> number(byte[] bytes, int lines) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    return end > 0 && text.equals((text.substring(0, end) + "\n").repeat(lines))
        ? Optional.of(Long.parseLong(text.substring(0, end)))
        : Optional.empty();
  }

  /** The number that all three files in a directory tell, or nothing. */
  static Optional<Long> wholeSet(Path directory) throws IOException {
    Optional<Long> first = number(Files.readAllBytes(directory.resolve(NAMES.getFirst())));
    for (String name : NAMES) {
      if (!number(Files.readAllBytes(directory.resolve(name))).equals(first)) {
        return Optional.empty();
      }
    }
    return first;
  }

  static int mode(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  static int uid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  static int gid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS);
  }

  static Object inode(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  /** A group other than the own that files may be given to; the own one where there is none. */
  static String anotherGroup() {
    OwnRights own = OwnRights.read();
    if (own.mayChown()) {
      return "daemon";
    }
    return own.groups().stream()
        .filter(group -> group != own.gid())
        .findFirst()
        .map(String::valueOf)
        .orElse("own");
  }

  static int number(String group) {
    return group.matches("\\d+") ? Integer.parseInt(group) : accounts().gid(group).orElseThrow();
  }
}
