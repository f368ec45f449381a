package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.PlacementRefused;
import dev.latchkey.agent.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** The program of a child process: delivers as its first argument says. */
public final class Delivering {

  private static final int LARGE = 1 << 20;

  private Delivering() {}

  /** Takes what to do, the directory, and what else is needed. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[1]);
    List<String> rest = Arrays.asList(arguments).subList(2, arguments.length);
    switch (arguments[0]) {
      case "loop" -> loop(directory, Long.parseLong(rest.getFirst()));
      case "kinds" -> kinds(directory, rest.getFirst());
      case "formats" -> EveryFormat.write(directory, rest.get(0), Path.of(rest.get(1)));
      case "carelessly" -> carelessly(directory);
      case "fill" -> fill(directory);
      case "again" -> again(directory, rest.getFirst());
      case "burst" -> burst(directory);
      case "beside" -> beside(directory, Integer.parseInt(rest.getFirst()));
      case "blank" -> blank(directory);
      case "same" -> same(directory, rest.getFirst());
      case "render" ->
          System.out.println(
              SmallDisk.fill(
                  directory,
                  Integer.parseInt(rest.get(0)),
                  new SplittableRandom(Long.parseLong(rest.get(1)))));
      case "owned" -> owned(directory, rest.get(0), rest.get(1));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  /** Writes one number after another until it is killed, and tells what is written whole. */
  private static void loop(Path directory, long from) {
    PosixFileTree tree = Deliveries.tree();
    for (long number = from; ; number++) {
      List<FileContent> contents = Deliveries.numbered(number);
      tree.write(Deliveries.file(directory.resolve("token")), contents.subList(0, 1));
      tree.write(Deliveries.set(directory.resolve("tls")), contents);
      System.out.println("written " + number);
    }
  }

  /** Everything that a tree does, several times over. */
  private static void kinds(Path directory, String group) {
    PosixFileTree tree = Deliveries.tree();
    Placement file = Deliveries.file(directory.resolve("own/deeper/token"));
    Placement set = Deliveries.set(directory.resolve("own/deeper/tls"));
    List<Placement> files =
        List.of(
            file, Deliveries.with(Deliveries.file(directory.resolve("shared-token")), 0640, group));
    List<Placement> sets =
        List.of(set, Deliveries.with(Deliveries.set(directory.resolve("shared-tls")), 0640, group));
    for (int number = 1; number <= 5; number++) {
      String text = "number " + number;
      files.forEach(each -> tree.write(each, Deliveries.one(text)));
      sets.forEach(each -> tree.write(each, Deliveries.three(text)));
    }
    tree.blank(file);
    tree.blank(set);
    files.forEach(each -> tree.write(each, Deliveries.one("last")));
    sets.forEach(each -> tree.write(each, Deliveries.three("last")));
    tree.write(Deliveries.file(directory.resolve("own/removed")), Deliveries.one("short"));
    tree.write(Deliveries.set(directory.resolve("own/removed-set")), Deliveries.three("short"));
    tree.remove(Deliveries.file(directory.resolve("own/removed")));
    tree.remove(Deliveries.set(directory.resolve("own/removed-set")));
    System.out.println("done");
  }

  /** What the watcher of the calls has to find: open to everybody first, and closed afterwards. */
  private static void carelessly(Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("careless"), "short");
    Files.setAttribute(file, "unix:mode", 0600);
    Files.createDirectory(directory.resolve("careless-directory"));
    System.out.println("done");
  }

  /** Fills the disk, by a file and by a set, with something small there before. */
  private static void fill(Path directory) throws IOException {
    PosixFileTree tree = Deliveries.tree();
    Placement file = Deliveries.file(directory.resolve("token"));
    Placement set = Deliveries.set(directory.resolve("tls"));
    tree.write(file, Deliveries.one("small"));
    tree.write(set, Deliveries.three("small"));
    FileContent large = new FileContent("tls.key", new byte[LARGE]);
    System.out.println(outcome(() -> tree.write(file, List.of(large))));
    System.out.println(
        outcome(() -> tree.write(set, List.of(Deliveries.content("ca.pem", "small"), large))));
    System.out.println(Files.readString(file.path()));
    System.out.println(Files.readString(set.path().resolve("tls.key")));
    System.out.println(Deliveries.names(directory) + " " + Deliveries.names(set.path()));
    // What is taken back by a smaller delivery is there to be used.
    tree.write(file, Deliveries.one("smaller"));
    tree.write(set, Deliveries.three("smaller"));
    System.out.println(Files.readString(file.path()));
    System.out.println(Files.readString(set.path().resolve("tls.key")));
  }

  /** Changes a set of 36 KiB seven times at one moment. */
  private static void burst(Path directory) throws IOException {
    PosixFileTree tree = atOneMoment();
    Placement set = Deliveries.set(directory.resolve("tls"));
    change(tree, set, 7);
    System.out.println("done");
    System.out.println(Files.readString(set.path().resolve("tls.key")));
  }

  /** A file of so many bytes, or a blanked one, beside a set that changed four times at once. */
  private static void beside(Path directory, int length) throws IOException {
    PosixFileTree tree = atOneMoment();
    Placement file = Deliveries.file(directory.resolve("token"));
    Placement set = Deliveries.set(directory.resolve("tls"));
    tree.write(file, Deliveries.one("small"));
    change(tree, set, 4);
    Files.createFile(directory.resolve("full"));
    System.out.println(
        outcome(
            () -> {
              if (length == 0) {
                tree.blank(file);
              } else {
                tree.write(file, List.of(new FileContent("one", new byte[length])));
              }
            }));
    System.out.println(Deliveries.names(directory));
    System.out.println(Files.size(file.path()));
    System.out.println(Files.readString(set.path().resolve("tls.key")));
  }

  private static void change(PosixFileTree tree, Placement set, int times) {
    for (int number = 1; number <= times; number++) {
      List<FileContent> contents = new ArrayList<>(Deliveries.three(Integer.toString(number)));
      contents.add(new FileContent("more", new byte[24 * 1024]));
      tree.write(set, contents);
    }
  }

  private static PosixFileTree atOneMoment() {
    return Deliveries.tree(
        new TimeSource() {
          @Override
          public Instant now() {
            return Instant.EPOCH;
          }

          @Override
          public long nanoTime() {
            return 0;
          }
        });
  }

  /** Blanks a set of three versions, and tells what is there afterwards. */
  private static void blank(Path directory) throws IOException {
    PosixFileTree tree = Deliveries.tree();
    Placement set = Deliveries.set(directory.resolve("tls"));
    for (int number = 1; number <= 3; number++) {
      tree.write(set, Deliveries.three(Integer.toString(number)));
    }
    System.out.println(outcome(() -> tree.blank(set)));
    System.out.println(Deliveries.names(directory));
    System.out.println(Files.size(set.path().resolve("tls.key")));
  }

  /** Writes one thing and then three times the same other, and tells whether it changed. */
  private static void same(Path directory, String kind) {
    PosixFileTree tree = Deliveries.tree();
    Path path = directory.resolve("delivered");
    for (String text : List.of("first", "second", "second", "second")) {
      System.out.println(
          answer(
              () ->
                  kind.equals("set")
                      ? tree.write(Deliveries.set(path), Deliveries.three(text))
                      : tree.write(Deliveries.file(path), Deliveries.one(text))));
    }
  }

  /** A file and a set for an owner and a group, changed so often that versions go. */
  private static void owned(Path directory, String owner, String group) throws IOException {
    PosixFileTree tree = Deliveries.tree();
    Placement file = owned(Deliveries.file(directory.resolve("token")), owner, group);
    Placement set = owned(Deliveries.set(directory.resolve("tls")), owner, group);
    System.out.println(outcome(() -> tree.check(file)));
    for (int number = 1; number <= 5; number++) {
      String text = "number " + number;
      System.out.println(outcome(() -> tree.write(file, Deliveries.one(text))));
      System.out.println(outcome(() -> tree.write(set, Deliveries.three(text))));
    }
    System.out.println(Deliveries.names(directory));
  }

  /** Writes for an owner what may be there already, and tells whether it changed. */
  private static void again(Path directory, String owner) {
    PosixFileTree tree = Deliveries.tree();
    Placement file = Deliveries.ownedBy(Deliveries.file(directory.resolve("token")), owner);
    Placement set = Deliveries.ownedBy(Deliveries.set(directory.resolve("tls")), owner);
    System.out.println(answer(() -> tree.write(file, Deliveries.one("the same"))));
    System.out.println(answer(() -> tree.write(set, Deliveries.three("the same"))));
  }

  private static Placement owned(Placement placement, String owner, String group) {
    return new Placement(
        placement.path(),
        placement.kind(),
        0640,
        owner.equals("-") ? Optional.empty() : Optional.of(owner),
        group.equals("-") ? Optional.empty() : Optional.of(group));
  }

  private static String outcome(Runnable work) {
    return answer(
        () -> {
          work.run();
          return "done";
        });
  }

  private static String answer(Supplier<Object> work) {
    try {
      return String.valueOf(work.get());
    } catch (PlacementRefused refused) {
      return "refused: " + refused.getMessage();
    } catch (UncheckedIOException failed) {
      return "failed: " + failed.getMessage() + ": " + failed.getCause();
    }
  }
}
