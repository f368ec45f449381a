package dev.latchkey.acceptance;

import static org.awaitility.Awaitility.await;

import dev.latchkey.agent.files.posix.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program under {@code strace}, with a umask that hides nothing. It stays the process that was
 * started, so that a signal reaches it and not the tracer.
 *
 * @param directory for the traces, one file for each thread
 */
record Strace(Path directory) {

  private static final String END = "+++ ";

  static boolean isThere() {
    return Ran.isThere("strace")
        && Ran.of(List.of("strace", "-qq", "--seccomp-bpf", "-f", "-o", "/dev/null", "true")).exit()
            == 0;
  }

  /** The words in front of the program. */
  List<String> words() {
    List<String> words =
        new ArrayList<>(List.of("sh", "-c", "umask 0 && exec \"$@\"", "sh", "strace"));
    words.addAll(List.of("-D", "-ff", "--seccomp-bpf", "-ttt", "-T", "-y", "-q"));
    words.addAll(List.of("-e", "signal=none", "-e", Trace.CALLS));
    words.addAll(List.of("-o", directory.resolve("thread").toString()));
    return words;
  }

  /** Every call, in the order in which they ended; waits until the program has. */
  List<String> calls() throws IOException {
    await("the traces to be whole")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(this::isWhole);
    List<Call> calls = new ArrayList<>();
    for (Path thread : threads()) {
      Files.readAllLines(thread).stream()
          .map(Call::parse)
          .flatMap(Optional::stream)
          .forEach(calls::add);
    }
    return calls.stream().sorted(Comparator.comparingLong(Call::ended)).map(Call::text).toList();
  }

  private List<Path> threads() throws IOException {
    try (Stream<Path> threads = Files.list(directory)) {
      return threads.sorted().toList();
    }
  }

  private boolean isWhole() throws IOException {
    for (Path thread : threads()) {
      List<String> lines = Files.readAllLines(thread);
      if (lines.isEmpty() || !lines.getLast().contains(END)) {
        return false;
      }
    }
    return !threads().isEmpty();
  }

  /**
   * A call of some thread. By its end, since a descriptor that one thread is given was closed by
   * another while the call was under way.
   */
  private record Call(long ended, String text) {

    private static final Pattern LINE =
        Pattern.compile("(\\d+)\\.(\\d{6}) (.*) <(\\d+)\\.(\\d{6})>");

    static Optional<Call> parse(String line) {
      Matcher matcher = LINE.matcher(line);
      return matcher.matches()
          ? Optional.of(
              new Call(
                  Long.parseLong(matcher.group(1) + matcher.group(2))
                      + Long.parseLong(matcher.group(4) + matcher.group(5)),
                  matcher.group(3)))
          : Optional.empty();
    }
  }
}
