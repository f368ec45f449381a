package dev.latchkey.bench;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The page {@code docs/performance.md}: its first part, and the section on a real Vault, which may
 * be measured alone. Pure.
 */
record Report(Machine machine, LocalDate date, List<Figure> figures) {

  private static final String VAULT = "## Against a real Vault";

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

  /** The section on a real Vault, to stand alone or at the end of the page. */
  String vaultSection() {
    return """
    %s

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
            VAULT,
            date,
            machine.cores(),
            machine.processor(),
            machine.kernel(),
            machine.jdk(),
            figures.stream().map(Report::row).collect(Collectors.joining("\n")));
  }

  /** The page with another section on a real Vault, or with its first. */
  static String withVaultSection(String page, String section) {
    return firstPart(page) + "\n" + section;
  }

  /** The section on a real Vault that a page has; empty when it has none. */
  static String vaultSectionOf(String page) {
    int at = page.indexOf(VAULT);
    return at < 0 ? "" : page.substring(at);
  }

  private static String firstPart(String page) {
    int at = page.indexOf(VAULT);
    return (at < 0 ? page : page.substring(0, at)).stripTrailing() + "\n";
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
