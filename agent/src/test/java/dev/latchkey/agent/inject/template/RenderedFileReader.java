package dev.latchkey.agent.inject.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Reads one file again and again on a thread of its own, and knows each text it may ever hold. */
final class RenderedFileReader implements AutoCloseable {

  private final Path file;
  private final Set<String> expected = ConcurrentHashMap.newKeySet();
  private final Set<String> others = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean going = true;
  private volatile boolean seen;
  private final AtomicLong reads = new AtomicLong();

  RenderedFileReader(Path file) {
    this.file = file;
    this.thread = Thread.ofPlatform().name("reading-what-is-rendered").start(this::read);
  }

  /** Tells it of a text before it is written. */
  void expect(String text) {
    expected.add(text);
  }

  /** How often it found the file and read it. */
  long reads() {
    return reads.get();
  }

  private void read() {
    while (going) {
      try {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        seen = true;
        reads.incrementAndGet();
        if (!expected.contains(text)) {
          others.add(text);
        }
      } catch (NoSuchFileException missing) {
        if (seen) {
          others.add("missing");
        }
        Thread.onSpinWait();
      } catch (IOException failed) {
        others.add(failed.toString());
      }
    }
  }

  /** Ends it; fails where it read what was never to be there whole. */
  @Override
  public void close() throws InterruptedException {
    going = false;
    thread.join();
    assertThat(others).as("%d reads", reads.get()).isEmpty();
  }
}
