package dev.latchkey.bench;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The page {@code docs/performance.md}: its first part, and sections that may be measured alone.
 * Pure.
 */
record Report(Machine machine, LocalDate date, List<Figure> figures) {

  /** Where a section begins. */
  private static final Pattern SECTION = Pattern.compile("\n(?=## )");

  String markdown() {
    return """
    # Performance

    Measured on %s with `bin/bench`, which writes this page; nothing here is written by hand. A quick run
    (`bin/bench --quick`) takes shorter samples and prints the page without writing it.

    | machine | |
    |---|---|
    | cores | %d |
    | processor | %s |
    | memory | %s |
    | system | %s |
    | JDK | %s |

    | what | value | samples | bound |
    |---|---|---|---|
    %s

    How it is measured: generator and agent share the machine, so the figures are lower than those of a server of
    its own. The load is closed-loop: 8 connections with 8 calls under way on each. Processor time is the
    process's own, user and system, from `/proc/PID/stat`. *Read* is a cached `GetSecret` with attestation,
    policy, audit and default telemetry on; *constant* is the same RPC of a second gRPC server in the same
    process, made from the generated code, which answers with that read's very message and has no interceptor and
    nothing else; *bytes* is a method there that neither parses nor serialises. Their runs alternate, and a ratio
    is the median of the ratios of the pairs. Start and memory are those of the shipped class path and options.
    """
        .formatted(
            date,
            machine.cores(),
            machine.processor(),
            machine.memory(),
            machine.kernel(),
            machine.jdk(),
            figures.stream().map(Report::row).collect(Collectors.joining("\n")));
  }

  /** The section on a real Vault. */
  String vaultSection() {
    return """
    ## Against a real Vault

    Measured on %s with `bin/bench --vault`, which writes this section alone and takes four minutes; `bin/bench`
    does it too where it finds a server, as `bin/latchkey demo --backend vault` does. %d cores, %s, %s, %s.

    | what | value | samples | bound |
    |---|---|---|---|
    %s

    Server, agent and reader share the machine. The secrets are key-value secrets of version 2 under an open
    mount, so that each is fetched at its first read and refreshed from then on; the agent's way to the server
    leads through a proxy that counts every request, logins and look-ups included. Reads come at an even pace
    from 8 threads. A *hit* was confirmed by Vault before it was asked for, by the age in the answer; one that a
    refresh met by chance is counted as a miss. The same reads, in the same order, are then made straight to
    Vault without an agent, as fast as it answers, by 8 threads with connections kept alive; each is one call. An
    answer that is stale, wrong or missing ends the measurement.
    """
        .formatted(
            date,
            machine.cores(),
            machine.processor(),
            machine.kernel(),
            machine.jdk(),
            figures.stream().map(Report::row).collect(Collectors.joining("\n")));
  }

  /** The section on files. */
  String filesSection() {
    return """
    ## Delivery into files

    Measured on %s with `bin/bench --files`, which writes this section alone and takes two minutes; `bin/bench` does
    it too. %d cores, %s, %s, %s.

    | what | value | samples | bound |
    |---|---|---|---|
    %s

    A secret of 200 bytes in the local backend is put over the operator socket, and its files lie on tmpfs, each a
    delivery of its own in the format `raw`. The time runs from before that call to when a reader, whom the kernel
    woke (inotify), has read the new bytes; so the store's commit to the disk, the audit and the reader are in it,
    and the bench shares the machine with the agent. The next change comes when every file was seen. That all files
    depend on the one secret that changes is the hard case; where one file of 1,000 depends on it, nothing else is
    rendered. The first file is that of a restart: its secret is in the store, and the file was taken away before.
    A secret of Vault that nobody leases is seen to have changed when it is refreshed next, which comes on top.
    """
        .formatted(
            date,
            machine.cores(),
            machine.processor(),
            machine.kernel(),
            machine.jdk(),
            figures.stream().map(Report::row).collect(Collectors.joining("\n")));
  }

  /** The page with a section in the place of the one of the same title, or at its end. */
  static String with(String page, String section) {
    List<String> parts = parts(page);
    String title = title(section);
    int at =
        IntStream.range(0, parts.size())
            .filter(i -> title(parts.get(i)).equals(title))
            .findFirst()
            .orElse(parts.size());
    if (at < parts.size()) {
      parts.set(at, section);
    } else {
      parts.add(section);
    }
    return joined(parts);
  }

  /** A first part with the sections that a page has. */
  static String withSectionsOf(String page, String first) {
    List<String> parts = parts(page);
    parts.set(0, first);
    return joined(parts);
  }

  private static List<String> parts(String page) {
    return new ArrayList<>(List.of(SECTION.split(page)));
  }

  private static String title(String part) {
    return part.lines().findFirst().orElse("");
  }

  private static String joined(List<String> parts) {
    return parts.stream()
        .map(part -> part.stripTrailing() + "\n")
        .collect(Collectors.joining("\n"));
  }

  private static String row(Figure figure) {
    return "| %s | %s | %s | %s |"
        .formatted(
            figure.what(),
            figure.value(),
            figure.samples(),
            figure.bound().map(bound -> bound + (figure.held() ? "" : ", **missed**")).orElse(""));
  }

  /** A number with as many decimals as its size deserves. */
  static String number(double value) {
    String form = Math.abs(value) >= 100 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }
}
