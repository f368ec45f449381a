package dev.latchkey.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sees when files of one directory hold what is expected: the kernel tells of each name that
 * appears (inotify), and then the file is read. The reading lies in what is measured.
 */
final class Arrivals implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 120;

  private final Path directory;
  private final WatchService watch;
  private final Thread thread;
  private volatile Expected expected = new Expected("", Set.of());

  Arrivals(Path directory) throws IOException {
    this.directory = directory;
    this.watch = directory.getFileSystem().newWatchService();
    directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
    this.thread = Thread.ofPlatform().daemon().name("arrivals").start(this::follow);
  }

  /** What one change is to bring; {@code seen} and {@code missing} are the following thread's. */
  private static final class Expected {

    private final String text;
    private final Set<String> missing;
    private final Map<String, Long> seen = new HashMap<>();
    private final CountDownLatch open;

    Expected(String text, Collection<String> names) {
      this.text = text;
      this.missing = new HashSet<>(names);
      this.open = new CountDownLatch(names.size());
    }
  }

  /** From now on these files are expected to come to hold this text. */
  void expect(String text, Collection<String> names) {
    expected = new Expected(text, names);
  }

  /** Waits for all of them; when each was seen, by {@link System#nanoTime}. */
  List<Long> await() throws InterruptedException {
    Expected now = expected;
    if (!now.open.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(now.open.getCount() + " files were not written");
    }
    return new ArrayList<>(now.seen.values());
  }

  private void follow() {
    try {
      while (true) {
        WatchKey key = watch.take();
        for (WatchEvent<?> event : key.pollEvents()) {
          look(event);
        }
        key.reset();
      }
    } catch (InterruptedException | ClosedWatchServiceException ended) {
      // Closed.
    }
  }

  /** Where more came at once than the kernel's queue holds, whatever is missing is looked for. */
  private void look(WatchEvent<?> event) {
    Expected now = expected;
    if (event.context() instanceof Path name) {
      look(now, name.toString());
    } else {
      List.copyOf(now.missing).forEach(name -> look(now, name));
    }
  }

  private void look(Expected now, String name) {
    if (now.missing.contains(name) && holds(name, now.text)) {
      now.seen.put(name, System.nanoTime());
      now.missing.remove(name);
      now.open.countDown();
    }
  }

  private boolean holds(String name, String text) {
    try {
      byte[] bytes = Files.readAllBytes(directory.resolve(name));
      return new String(bytes, StandardCharsets.UTF_8).equals(text);
    } catch (NoSuchFileException notYet) {
      return false;
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    watch.close();
    thread.join();
  }
}
