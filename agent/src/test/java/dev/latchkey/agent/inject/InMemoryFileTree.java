package dev.latchkey.agent.inject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Files as texts, in memory; fails as it is told. */
final class InMemoryFileTree implements FileTree {

  final Map<Path, Map<String, String>> there = new ConcurrentHashMap<>();
  int writes;

  /** How often something was handed over to be written, also where it was there already. */
  int rendered;

  boolean onDisk;
  @Nullable RuntimeException failure;

  /** What is thrown when everything is swapped, as when a directory cannot be synced. */
  @Nullable RuntimeException failureAfterSwap;

  Runnable beforeWrite = () -> {};

  /** What happens in the file system at a path before anything is done there. */
  Consumer<Path> hangs = path -> {};

  @Override
  public boolean check(Placement placement) {
    fail();
    return !onDisk;
  }

  @Override
  public boolean write(Placement placement, List<FileContent> contents) {
    beforeWrite.run();
    hangs.accept(placement.path());
    fail();
    rendered++;
    Map<String, String> texts = new HashMap<>();
    contents.forEach(
        each -> texts.put(each.name(), new String(each.bytes(), StandardCharsets.UTF_8)));
    if (texts.equals(there.get(placement.path()))) {
      return false;
    }
    there.put(placement.path(), texts);
    writes++;
    if (failureAfterSwap != null) {
      throw failureAfterSwap;
    }
    return true;
  }

  @Override
  public void blank(Placement placement) {
    hangs.accept(placement.path());
    fail();
    there.computeIfPresent(
        placement.path(),
        (same, texts) -> {
          texts.replaceAll((name, text) -> "");
          return texts;
        });
  }

  @Override
  public void remove(Placement placement) {
    hangs.accept(placement.path());
    fail();
    there.remove(placement.path());
  }

  private void fail() {
    if (failure != null) {
      throw failure;
    }
  }

  void failAsAFullDisk() {
    failure = new UncheckedIOException(new IOException("no space left on device"));
  }

  /** The text of the one file at a path. */
  Optional<String> text(Path path) {
    return Optional.ofNullable(there.get(path)).map(texts -> texts.values().iterator().next());
  }
}
