package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.PlacementRefused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A set of files in an open directory: {@code NAME} is a symlink to {@code .NAME.7} beside it, the
 * directory of the seventh version. A version is filled and on the disk before the symlink is
 * swapped, and never changes afterwards.
 */
final class FileSet {

  private final Directory directory;
  private final Wanted wanted;
  private final Temporary temporary;
  private final Parents parents;
  private final EarlierVersions earlier;
  private final Leftovers leftovers;
  private final Witness witness;
  private final Pattern version;

  FileSet(
      Directory directory,
      Wanted wanted,
      Temporary temporary,
      Parents parents,
      EarlierVersions earlier) {
    this.directory = directory;
    this.wanted = wanted;
    this.temporary = temporary;
    this.parents = parents;
    this.earlier = earlier;
    this.leftovers = new Leftovers(directory, wanted, parents);
    this.witness = new Witness(directory, wanted, temporary, parents.own());
    this.version = Pattern.compile("\\." + Pattern.quote(wanted.name()) + "\\.(\\d{1,18})");
  }

  /** The number of the version that is current; what is there must be our symlink or nothing. */
  OptionalLong current() throws PosixFault {
    var stat = directory.stat(wanted.name());
    if (stat.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!stat.get().isSymlink()) {
      throw new PlacementRefused(
          wanted.path(),
          "is there already and not the symlink of a set; remove it, or choose another path");
    }
    String target = directory.readLink(wanted.name()).orElse("what changes");
    Matcher matcher = version.matcher(target);
    if (!matcher.matches() || !parents.trusted(stat.get().uid(), wanted.ownership())) {
      throw new PlacementRefused(
          wanted.path(),
          "is a symlink to " + Shown.text(target) + " that the agent did not make; remove it");
    }
    return OptionalLong.of(Long.parseLong(matcher.group(1)));
  }

  /** Answers whether it wrote. */
  boolean write(List<FileContent> contents) throws IOException {
    OptionalLong current = current();
    if (current.isPresent() && isSame(current.getAsLong(), contents)) {
      return false;
    }
    long next = next(current);
    fill(next, contents);
    earlier.filled(next, contents);
    try {
      swap(next);
    } catch (PosixFault fault) {
      abandon(next, fault);
      throw fault;
    }
    witness.keep(versionName(next), contents);
    directory.syncSwapped(wanted.path());
    return true;
  }

  /** Takes away what stays only because it was replaced just now; answers whether there was any. */
  boolean spare() throws IOException {
    List<Long> there = before(current());
    if (there.size() <= EarlierVersions.ALWAYS) {
      return false;
    }
    Leftovers.tell(prune(there.subList(0, EarlierVersions.ALWAYS)));
    return true;
  }

  /** A number above all versions, which nothing has and no version ever had. */
  private long next(OptionalLong current) throws IOException {
    List<Long> numbers = numbers();
    long latest = Math.max(current.orElse(0), numbers.isEmpty() ? 0 : numbers.getLast());
    long next = latest == 0 ? temporary.firstVersion() : latest + 1;
    while (directory.stat(versionName(next)).isPresent()) {
      next++;
    }
    return next;
  }

  /**
   * Leaves the files of the current version empty, and takes away all others: those that are there
   * first, since on a full disk they are the room for the empty ones.
   */
  void blank() throws IOException {
    Leftovers.tell(prune(Set.of()));
    List<FileContent> blanks =
        files().stream().map(name -> new FileContent(name, new byte[0])).toList();
    if (!blanks.isEmpty()) {
      write(blanks);
    }
    forgetEarlier();
  }

  /** The names of the files in the current version; none where there is none. */
  private List<String> files() throws IOException {
    OptionalLong current = current();
    if (current.isEmpty() || directory.stat(versionName(current.getAsLong())).isEmpty()) {
      return List.of();
    }
    try (Directory files = openOwned(versionName(current.getAsLong()))) {
      return files.names();
    }
  }

  /** Takes away what a crash left, and versions that nobody reads any more. Never fails. */
  void clean() {
    try {
      OptionalLong current = current();
      Leftovers.tell(prune(earlier.staying(current.orElse(0), before(current))));
    } catch (IOException failed) {
      Leftovers.tell(List.of(failed));
    }
  }

  /** Takes away every version but the current one. */
  private void forgetEarlier() throws IOException {
    List<IOException> faults = prune(Set.of());
    witness.forget();
    directory.sync();
    Leftovers.raise(faults);
  }

  void remove() throws IOException {
    if (current().isPresent()) {
      directory.unlink(wanted.name());
    }
    forgetEarlier();
  }

  /** Leaves the current version and these; answers what could not be taken away. */
  private List<IOException> prune(Collection<Long> stay) throws IOException {
    OptionalLong current = current();
    List<IOException> faults = new ArrayList<>();
    for (long number : numbers()) {
      try {
        if (!stay.contains(number) && !current.equals(OptionalLong.of(number))) {
          removeVersion(number);
        }
      } catch (IOException fault) {
        faults.add(fault);
      }
    }
    faults.addAll(leftovers.remove());
    return faults;
  }

  /** The versions before the current one, the latest first. */
  private List<Long> before(OptionalLong current) throws IOException {
    return numbers().reversed().stream()
        .filter(number -> current.isPresent() && number < current.getAsLong())
        .toList();
  }

  /** The versions that are there, the lowest first; what somebody else put there does not count. */
  private List<Long> numbers() throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (String name : directory.names()) {
      Matcher matcher = version.matcher(name);
      if (matcher.matches() && isOurs(name)) {
        numbers.add(Long.valueOf(matcher.group(1)));
      }
    }
    numbers.sort(Comparator.naturalOrder());
    return numbers;
  }

  private boolean isOurs(String name) throws PosixFault {
    return directory
        .stat(name)
        .filter(stat -> stat.isDirectory() && parents.trusted(stat.uid(), wanted.ownership()))
        .isPresent();
  }

  private String versionName(long number) {
    return "." + wanted.name() + "." + number;
  }

  private void fill(long number, List<FileContent> contents) throws IOException {
    directory.make(versionName(number), parents.own().uid());
    try (Directory files = directory.open(versionName(number))) {
      for (FileContent content : contents) {
        NewFile.write(files, content.name(), content.bytes(), wanted.ownership());
      }
      files.give(wanted.ownership());
      files.sync();
      directory.sync();
    } catch (IOException | RuntimeException fault) {
      abandon(number, fault);
      throw fault;
    }
  }

  private void swap(long number) throws PosixFault {
    String name = temporary.next(wanted.name());
    directory.symlink(versionName(number), name);
    try {
      directory.rename(name, wanted.name());
    } catch (PosixFault fault) {
      directory.abandon(name, fault);
      throw fault;
    }
  }

  private boolean isSame(long number, List<FileContent> contents) throws IOException {
    try (Directory files = directory.open(versionName(number))) {
      if (!files.stat().belongsTo(wanted.ownership(), wanted.ownership().directoryMode())
          || !Set.copyOf(files.names())
              .equals(contents.stream().map(FileContent::name).collect(Collectors.toSet()))) {
        return false;
      }
      for (FileContent content : contents) {
        if (!SingleFile.isSame(files, content.name(), content.bytes(), wanted.ownership())) {
          return false;
        }
      }
      return true;
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.EACCES)) {
        return witness.tells(versionName(number), contents);
      }
      if (fault.isOneOf(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        return false;
      }
      throw fault;
    }
  }

  /** Takes away whatever can be of a version, and fails where something stays. */
  private void removeVersion(long number) throws IOException {
    String name = versionName(number);
    List<IOException> faults = new ArrayList<>();
    try (Directory files = openOwned(name)) {
      for (String file : files.names()) {
        try {
          files.unlink(file);
        } catch (PosixFault fault) {
          faults.add(fault);
        }
      }
    }
    Leftovers.raise(faults);
    directory.removeDirectory(name);
  }

  /** Takes away what could not be finished, without hiding why. */
  private void abandon(long number, Exception fault) {
    try {
      removeVersion(number);
    } catch (IOException left) {
      fault.addSuppressed(left);
    }
  }

  /** A version that was given to another user is taken back first, where that is needed. */
  private Directory openOwned(String name) throws PosixFault {
    try (Directory step = directory.step(name)) {
      step.checkUsable();
    } catch (PosixFault fault) {
      if (!fault.isOneOf(Errno.EACCES)) {
        throw fault;
      }
      directory.takeOver(name, parents.own().uid());
    }
    return directory.open(name);
  }
}
