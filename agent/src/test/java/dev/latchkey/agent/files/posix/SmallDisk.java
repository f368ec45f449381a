package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.TemplateFormat;
import dev.latchkey.agent.inject.Values;
import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Renders templates of random lengths onto a disk that is too small for some of them, with values
 * that lack a field now and then, and looks after each change at what is there.
 */
final class SmallDisk {

  private static final int MOST_LINES = 14_000;
  private static final int FIELD_IS_MISSING_ONE_IN = 5;
  private static final TemplateFormat FORMAT =
      new TemplateFormat(
          Template.compile("app.conf", "{{secret \"a\" \"lines\"}}{{secret \"a\" \"number\"}}\n"));

  private final PosixFileTree tree = Deliveries.tree();
  private final RandomGenerator random;
  private final Placement file;
  private final Placement set;
  private Optional<String> inFile = Optional.empty();
  private Optional<String> inSet = Optional.empty();
  private int written;
  private int full;
  private int notRendered;

  private SmallDisk(Path directory, RandomGenerator random) {
    this.random = random;
    this.file = Deliveries.file(directory.resolve("app.conf"));
    this.set = Deliveries.set(directory.resolve("app"));
  }

  /** Makes so many changes of a file and of a set, and answers how they went. */
  static String fill(Path directory, int changes, RandomGenerator random) throws IOException {
    SmallDisk disk = new SmallDisk(directory, random);
    for (int number = 1; number <= changes; number++) {
      disk.change(number);
    }
    return "%d written, %d on a full disk, %d not rendered; left over: %s"
        .formatted(disk.written, disk.full, disk.notRendered, disk.leftOver());
  }

  private void change(int number) throws IOException {
    String line = "%08d%n".formatted(number);
    String lines = line.repeat(random.nextInt(MOST_LINES));
    boolean lacks = random.nextInt(FIELD_IS_MISSING_ONE_IN) == 0;
    Map<String, SecretValue> fields =
        lacks
            ? Map.of("lines", SecretValue.ofText(lines))
            : Map.of(
                "lines", SecretValue.ofText(lines), "number", SecretValue.ofText("end " + number));
    String now = lines + "end " + number + "\n";
    if (deliver(file, fields, List.of("app.conf"))) {
      inFile = Optional.of(now);
    }
    if (deliver(set, fields, List.of("app.conf", "other.conf"))) {
      inSet = Optional.of(now);
    }
    require(number, file.path(), inFile);
    require(number, set.path().resolve("app.conf"), inSet);
    require(number, set.path().resolve("other.conf"), inSet);
  }

  private boolean deliver(Placement where, Map<String, SecretValue> fields, List<String> names) {
    try {
      Values values = Deliveries.values(fields);
      List<FileContent> contents =
          names.stream().flatMap(name -> FORMAT.render(name, values).stream()).toList();
      tree.write(where, contents);
      written++;
      return true;
    } catch (SecretException missing) {
      notRendered++;
    } catch (UncheckedIOException noSpace) {
      if (!String.valueOf(noSpace.getCause()).contains("no space is left")) {
        throw noSpace;
      }
      full++;
    }
    return false;
  }

  private static void require(int number, Path path, Optional<String> text) throws IOException {
    Optional<String> there =
        Files.exists(path) ? Optional.of(Files.readString(path)) : Optional.empty();
    if (!there.equals(text)) {
      throw new IllegalStateException("after change " + number + ": " + path + " is not whole");
    }
  }

  private List<String> leftOver() throws IOException {
    Path directory = file.path().toAbsolutePath().getParent();
    return directory == null
        ? List.of()
        : Deliveries.names(directory).stream()
            .filter(name -> !name.matches("app|app\\.conf|\\.app\\.\\d+"))
            .toList();
  }
}
