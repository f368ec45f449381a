package dev.latchkey.agent.inject.template;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.FileTree;
import dev.latchkey.agent.inject.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A file tree in memory that can be full. */
final class HeldFiles implements FileTree {

  final Map<Path, List<FileContent>> held = new HashMap<>();
  boolean full;

  @Override
  public boolean check(Placement placement) {
    return true;
  }

  @Override
  public boolean write(Placement placement, List<FileContent> contents) {
    if (full) {
      throw new UncheckedIOException(new IOException("no space left"));
    }
    List<FileContent> copies =
        contents.stream()
            .map(content -> new FileContent(content.name(), content.bytes().clone()))
            .toList();
    return !copies.equals(held.put(placement.path(), copies));
  }

  @Override
  public void blank(Placement placement) {
    held.computeIfPresent(
        placement.path(),
        (path, contents) ->
            contents.stream().map(each -> new FileContent(each.name(), new byte[0])).toList());
  }

  @Override
  public void remove(Placement placement) {
    held.remove(placement.path());
  }
}
