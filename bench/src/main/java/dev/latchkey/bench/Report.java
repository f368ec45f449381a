package dev.latchkey.bench;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The page {@code docs/performance.md}. Pure. */
record Report(Machine machine, LocalDate date, List<Figure> figures) {

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
