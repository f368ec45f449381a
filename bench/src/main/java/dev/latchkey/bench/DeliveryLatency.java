package dev.latchkey.bench;

import dev.latchkey.bench.agent.AgentClient;
import dev.latchkey.bench.agent.AgentUnderTest;
import dev.latchkey.bench.load.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * From a change at the backend to the files that depend on it, on tmpfs: from before the call that
 * changes the secret to a reader that was woken by the kernel and has read the new bytes. And from
 * the start of the agent's process to its first file.
 */
final class DeliveryLatency {

  private static final Path IN_MEMORY = Path.of("/dev/shm");
  private static final double P99_OF_ONE = 50;
  private static final String SECRET = "bench/delivered";

  private final Workplace workplace;
  private final List<String> java;

  /**
   * A measurement of the agent as it is shipped.
   *
   * @param java its command up to and including the main class
   */
  DeliveryLatency(Workplace workplace, List<String> java) {
    this.workplace = workplace;
    this.java = java;
  }

  /**
   * How much is measured.
   *
   * @param ofOne how many changes of one file
   * @param ofHundred how many changes of a hundred files
   * @param ofThousand how many changes of a thousand files
   * @param starts how often an agent is started
   */
  record Size(int ofOne, int ofHundred, int ofThousand, int starts) {

    static final Size FULL = new Size(2000, 100, 30, 11);
    static final Size QUICK = new Size(100, 5, 2, 3);
  }

  /**
   * The samples of one number of files, in milliseconds.
   *
   * @param each of every file of every change
   * @param last of the last file of every change
   */
  record Samples(int files, List<Double> each, List<Double> last) {}

  /** Takes every sample; the figures in the order of the table. */
  List<Figure> measure(Size size) throws IOException, InterruptedException {
    return List.of(
        figure(fannedOut(1, size.ofOne())),
        figure(fannedOut(100, size.ofHundred())),
        figure(fannedOut(1000, size.ofThousand())),
        figureOfOneAmong(oneAmong(1000, size.ofOne())),
        figureOfStarts(firstFiles(size.starts())));
  }

  /** Every file depends on the one secret that changes: the hard case. */
  Samples fannedOut(int files, int changes) throws IOException, InterruptedException {
    List<String> names = names(files);
    return changed(names, name -> SECRET, List.of(SECRET), names, changes);
  }

  /** Every file has a secret of its own, and one of these changes. */
  Samples oneAmong(int files, int changes) throws IOException, InterruptedException {
    List<String> names = names(files);
    List<String> secrets = names.stream().map(DeliveryLatency::ownSecret).toList();
    return changed(names, DeliveryLatency::ownSecret, secrets, List.of(names.getLast()), changes);
  }

  private static String ownSecret(String file) {
    return SECRET + "/" + file;
  }

  private static List<String> names(int files) {
    return IntStream.range(0, files).mapToObj("f%04d"::formatted).toList();
  }

  /** Changes the last of the secrets again and again, and waits for its files each time. */
  private Samples changed(
      List<String> files,
      UnaryOperator<String> secretOf,
      List<String> secrets,
      List<String> depending,
      int changes)
      throws IOException, InterruptedException {
    Path place = place();
    try (AgentUnderTest agent =
            AgentUnderTest.startShipped(
                java, workplace.directory(), declarations(place, files, secretOf));
        AgentClient operator = AgentClient.whenListening(agent);
        Arrivals arrivals = new Arrivals(place)) {
      arrivals.expect(text(0), files);
      secrets.forEach(secret -> operator.put(secret, text(0)));
      arrivals.await();
      Samples samples = new Samples(depending.size(), new ArrayList<>(), new ArrayList<>());
      for (int change = 1; change <= changes; change++) {
        arrivals.expect(text(change), depending);
        long begun = System.nanoTime();
        operator.put(secrets.getLast(), text(change));
        add(samples, begun, arrivals.await());
      }
      return samples;
    } finally {
      remove(place);
    }
  }

  private static void add(Samples samples, long begun, Collection<Long> seen) {
    List<Double> each = seen.stream().map(nanos -> (nanos - begun) / 1e6).toList();
    samples.each().addAll(each);
    samples.last().add(each.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
  }

  /** A value that tells its number, of a usual length. */
  private static String text(int change) {
    return "%08d".formatted(change) + "v".repeat(192);
  }

  private static String declarations(
      Path place, List<String> files, UnaryOperator<String> secretOf) {
    return """
    backends: { local: { type: local } }
    mounts: [ { prefix: "", backend: local } ]
    files:
    """
        + files.stream()
            .map(
                file ->
                    "  %1$s: { path: %2$s/%1$s, secret: %3$s }%n"
                        .formatted(file, place, secretOf.apply(file)))
            .collect(Collectors.joining());
  }

  /** Seconds from the start of the process to the file, of a secret that the store holds. */
  List<Double> firstFiles(int starts) throws IOException, InterruptedException {
    Path place = place();
    Path directory = workplace.directory();
    List<String> files = names(1);
    String declarations = declarations(place, files, name -> SECRET);
    try (Arrivals arrivals = new Arrivals(place)) {
      arrivals.expect(text(0), files);
      try (AgentUnderTest agent = AgentUnderTest.startShipped(java, directory, declarations);
          AgentClient operator = AgentClient.whenListening(agent)) {
        operator.put(SECRET, text(0));
        arrivals.await();
      }
      List<Double> seconds = new ArrayList<>();
      for (int start = 0; start <= starts; start++) {
        Files.delete(place.resolve(files.getFirst()));
        arrivals.expect(text(0), files);
        long begun = System.nanoTime();
        try (AgentUnderTest agent = AgentUnderTest.startShipped(java, directory, declarations)) {
          double took = (arrivals.await().getFirst() - begun) / 1e9;
          agent.requireAlive();
          if (start > 0) {
            seconds.add(took);
          }
        }
      }
      return seconds;
    } finally {
      remove(place);
    }
  }

  /** The figure of files that all depend on the secret that changes. */
  static Figure figure(Samples samples) {
    String files =
        samples.files() == 1 ? "1 file" : "%,d files of the one secret".formatted(samples.files());
    String last =
        samples.files() == 1
            ? ""
            : "; the last of them, median, %s ms"
                .formatted(Report.number(Statistics.median(samples.last())));
    boolean bounded = samples.files() == 1;
    return new Figure(
        "change to file visible, " + files,
        percentiles(samples) + last,
        "%,d files of %,d changes".formatted(samples.each().size(), samples.last().size()),
        bounded ? Optional.of("p99 at most 50 ms") : Optional.empty(),
        !bounded || Statistics.percentile(samples.each(), 99) <= P99_OF_ONE);
  }

  /** The figure of one file among many that depend on other secrets. */
  private static Figure figureOfOneAmong(Samples samples) {
    return Figure.of(
        "change to file visible, the 1 of 1,000 files that depends on it",
        percentiles(samples),
        "%,d changes".formatted(samples.last().size()));
  }

  private static Figure figureOfStarts(List<Double> seconds) {
    return Figure.of(
        "start of the agent to its first file, median",
        Report.number(Statistics.median(seconds)) + " s",
        seconds.size() + " starts");
  }

  private static String percentiles(Samples samples) {
    return "p50 %s ms, p99 %s ms"
        .formatted(
            Report.number(Statistics.percentile(samples.each(), 50)),
            Report.number(Statistics.percentile(samples.each(), 99)));
  }

  private static Path place() throws IOException {
    if (!Files.isWritable(IN_MEMORY)) {
      throw new IllegalStateException("there is no " + IN_MEMORY + " to write files to");
    }
    return Files.createTempDirectory(IN_MEMORY, "latchkey-bench-");
  }

  private static void remove(Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
