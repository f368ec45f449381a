package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Reads a set of three files in a loop while it changes, in memory where the machine has a place
 * for that.
 *
 * <p>The writer waits for nobody: it changes the set as fast as it can, many times within one slow
 * read. The control reads path by path what changes just the same.
 */
class SetReadersTest {

  private static final int CHANGES = Boolean.getBoolean("latchkey.soak") ? 10_000 : 400;
  private static final int LINES = 801;
  private static final Path IN_MEMORY = Path.of("/dev/shm");

  private final PosixFileTree tree = tree();
  private final AtomicLong changes = new AtomicLong();
  private Path directory;
  private Placement set;

  /** A tree as the agent makes it, in this life or the next. */
  private static PosixFileTree tree() {
    return new PosixFileTree(
        Deliveries.accounts(),
        new SecureRandom(),
        TimeSource.system(),
        Deliveries.NO_TIMERS,
        Deliveries.THREADS);
  }

  @BeforeEach
  void place() throws IOException {
    directory =
        Files.isWritable(IN_MEMORY)
            ? Files.createTempDirectory(IN_MEMORY, "latchkey-set")
            : Files.createTempDirectory("latchkey-set");
    set = Deliveries.set(directory.resolve("tls"));
    change();
  }

  @AfterEach
  void remove() throws IOException {
    tree.remove(set);
    Files.delete(directory);
  }

  @Test
  void whoResolvesTheDirectoryOnceReadsOneVersionThroughAllChanges() throws Exception {
    Counts counts = readWhileChanging(set.path()::toRealPath);

    System.out.println("directory resolved once: " + counts);
    assertThat(counts.torn).isZero();
    assertThat(counts.mixed).isZero();
    assertThat(counts.missing).isZero();
    assertThat(counts.across).as("reads during which the set was swapped").isPositive();
  }

  @Test
  void oneReadThatLastsThroughManyChangesFindsItsVersionWhole() throws IOException {
    Path resolved = set.path().toRealPath();
    for (int number = 0; number < 50; number++) {
      change();
    }
    assertThat(Deliveries.names(directory)).hasSize(52);
    for (String name : Deliveries.NAMES) {
      assertThat(Deliveries.number(Files.readAllBytes(resolved.resolve(name)), LINES)).contains(1L);
    }
  }

  @Test
  void whoResolvedASetThatWasRemovedFindsNothingOfALaterOne() throws IOException {
    List<Path> resolved = new ArrayList<>();
    for (int removal = 0; removal < 5; removal++) {
      resolved.add(set.path().toRealPath());
      tree.remove(set);
      assertThat(tree().write(set, Deliveries.numbered(changes.incrementAndGet(), LINES))).isTrue();
    }
    assertThat(resolved)
        .doesNotHaveDuplicates()
        .allSatisfy(path -> assertThat(path).doesNotExist());
    assertThat(set.path().toRealPath()).isNotIn(resolved);
  }

  @Test
  void whoOpensPathByPathWithoutCouplingReadsMixes() throws Exception {
    Counts counts = readWhileChanging(set::path);

    System.out.println("control, path by path: " + counts);
    assertThat(counts.torn).isZero();
    assertThat(counts.mixed).isPositive();
  }

  private void change() {
    assertThat(tree.write(set, Deliveries.numbered(changes.get() + 1, LINES))).isTrue();
    changes.incrementAndGet();
  }

  private Counts readWhileChanging(Resolving resolving) throws Exception {
    AtomicBoolean going = new AtomicBoolean(true);
    List<Reader> readers =
        IntStream.range(0, 2).mapToObj(ignored -> new Reader(resolving, going)).toList();
    List<Thread> threads =
        readers.stream().map(reader -> Thread.ofPlatform().name("reading").start(reader)).toList();
    try {
      readers.forEach(Reader::awaitFirst);
      while (changes.get() < CHANGES) {
        change();
      }
    } finally {
      going.set(false);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    Counts all = new Counts();
    readers.forEach(reader -> all.add(reader.counts));
    assertThat(readers).allSatisfy(reader -> assertThat(reader.trouble).isEmpty());
    return all;
  }

  /** How the directory of a read is found. */
  private interface Resolving {
    Path resolve() throws IOException;
  }

  private final class Reader implements Runnable {

    private final Resolving resolving;
    private final AtomicBoolean going;
    private final AtomicLong begun = new AtomicLong();
    private final Counts counts = new Counts();
    private volatile Optional<Exception> trouble = Optional.empty();

    Reader(Resolving resolving, AtomicBoolean going) {
      this.resolving = resolving;
      this.going = going;
    }

    /** Waits until it reads at all. */
    void awaitFirst() {
      while (begun.get() == 0 && trouble.isEmpty()) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void run() {
      try {
        while (going.get()) {
          begun.set(changes.get());
          read();
          counts.reads++;
          long swaps = changes.get() - begun.get();
          counts.across += swaps > 0 ? 1 : 0;
          counts.most = Math.max(counts.most, swaps);
        }
      } catch (IOException | RuntimeException failed) {
        trouble = Optional.of(failed);
      }
    }

    private void read() throws IOException {
      try {
        Path resolved = resolving.resolve();
        long first = 0;
        boolean mixed = false;
        for (String name : Deliveries.NAMES) {
          Optional<Long> number =
              Deliveries.number(Files.readAllBytes(resolved.resolve(name)), LINES);
          if (number.isEmpty()) {
            counts.torn++;
            return;
          }
          first = first == 0 ? number.get() : first;
          mixed |= number.get() != first;
        }
        counts.mixed += mixed ? 1 : 0;
      } catch (NoSuchFileException missing) {
        counts.missing++;
      }
    }
  }

  private static final class Counts {

    private long reads;
    private long across;
    private long most;
    private long torn;
    private long mixed;
    private long missing;

    void add(Counts other) {
      reads += other.reads;
      across += other.across;
      most = Math.max(most, other.most);
      torn += other.torn;
      mixed += other.mixed;
      missing += other.missing;
    }

    @Override
    public String toString() {
      return "%d changes, %d reads, %d of them across a swap, one across %d: %d torn, %d mixed, %d missing"
          .formatted(CHANGES, reads, across, most, torn, mixed, missing);
    }
  }
}
