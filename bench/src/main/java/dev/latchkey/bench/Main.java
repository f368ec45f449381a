package dev.latchkey.bench;

import dev.latchkey.bench.agent.AgentClient;
import dev.latchkey.bench.agent.AgentUnderTest;
import dev.latchkey.bench.agent.ConstantServer;
import dev.latchkey.bench.load.Statistics;
import dev.latchkey.testing.vault.VaultBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Runs every measurement and writes the page; exits with 1 when a bound was missed. */
public final class Main {

  private static final String SECRET = "bench/read";
  private static final String VALUE = "v".repeat(200);
  private static final long MILLION = 1_000_000;
  private static final int STARTS = 11;
  private static final int NO_SERVER = 3;

  private final Installation installation;
  private final boolean quick;
  private final List<Figure> figures = new ArrayList<>();
  private final List<Figure> filesFigures = new ArrayList<>();
  private final List<Figure> vaultFigures = new ArrayList<>();

  private Main(Installation installation, boolean quick) {
    this.installation = installation;
    this.quick = quick;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Set<String> options = Set.of(args);
    if (!Set.of("--quick", "--files", "--vault").containsAll(options)) {
      System.err.println("usage: bin/bench [--quick] [--files] [--vault]");
      System.exit(2);
    }
    Installation installation =
        new Installation(Path.of(System.getProperty("latchkey.home", "")).toAbsolutePath());
    Main bench = new Main(installation, options.contains("--quick"));
    boolean all = Collections.disjoint(options, Set.of("--files", "--vault"));
    Optional<VaultBinary> vault =
        all || options.contains("--vault") ? vault(installation) : Optional.empty();
    if (options.contains("--vault") && vault.isEmpty()) {
      System.exit(NO_SERVER);
    }
    if (all) {
      bench.measure();
    }
    if (all || options.contains("--files")) {
      bench.measureFiles();
    }
    if (vault.isPresent()) {
      bench.measureVault(vault.get());
    }
    System.exit(bench.publish() ? 0 : 1);
  }

  private static Optional<VaultBinary> vault(Installation installation) {
    Optional<VaultBinary> vault =
        VaultBinary.find(System.getenv(), installation.home(), VaultBinary.Build.NEVER);
    if (vault.isEmpty()) {
      System.err.println("SKIPPED: no Vault; " + VaultBinary.HOW_TO_GET_ONE);
    }
    return vault;
  }

  private void measureFiles() throws IOException, InterruptedException {
    try (Workplace workplace = Workplace.create()) {
      add(load(), filesFigures);
      DeliveryLatency.Size size = quick ? DeliveryLatency.Size.QUICK : DeliveryLatency.Size.FULL;
      new DeliveryLatency(workplace, installation.shipped(true))
          .measure(size)
          .forEach(figure -> add(figure, filesFigures));
    }
  }

  private void measureVault(VaultBinary binary) throws IOException, InterruptedException {
    try (Workplace workplace = Workplace.create()) {
      add(load(), vaultFigures);
      VaultReads.Size size = quick ? VaultReads.Size.QUICK : VaultReads.Size.FULL;
      new VaultReads(workplace, installation.shipped(true), binary, size)
          .measure()
          .forEach(figure -> add(figure, vaultFigures));
    }
  }

  private void measure() throws IOException, InterruptedException {
    try (Workplace workplace = Workplace.create()) {
      memory(workplace);
      serving(workplace);
      StartUp startUp =
          new StartUp(workplace, installation.shipped(true), installation.shipped(false));
      startUp.measure(quick ? 3 : STARTS).forEach(this::add);
    }
  }

  /** What else the machine was doing; what is counted does not depend on it, what is timed does. */
  private static Figure load() throws IOException {
    String average = Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    return Figure.of("load average of the machine, over the minute before", average, "1");
  }

  private void serving(Workplace workplace) throws IOException, InterruptedException {
    try (AgentUnderTest agent =
            AgentUnderTest.startMeasured(installation.measured(), workplace.directory());
        AgentClient operator = AgentClient.whenReady(agent)) {
      operator.put(SECRET, VALUE);
      CpuPerCall cpu =
          new CpuPerCall(
              agent,
              SECRET,
              quick ? 3 : 10,
              quick ? 100_000 : 300_000,
              Duration.ofSeconds(quick ? 2 : 5));
      cpuPerCall(cpu.measure(CpuPerCall.GET_SECRET));
      bytePerByte(cpu.measure(ConstantServer.GET));
      PublishLatency latency = new PublishLatency(agent, operator, InstantSource.system());
      add(latency.figure(1, quick ? 50 : 500));
      add(latency.figure(1000, quick ? 5 : 20));
      add(new CommandLineTime(installation.launcher(), agent, SECRET).measure(quick ? 3 : STARTS));
    }
  }

  private void memory(Workplace workplace) throws IOException, InterruptedException {
    try (AgentUnderTest agent =
            AgentUnderTest.startShipped(installation.shipped(true), workplace.directory());
        AgentClient operator = AgentClient.whenReady(agent)) {
      add(memory("idle, just ready", agent));
      operator.put(SECRET, VALUE);
      CpuPerCall.reads(agent, SECRET, quick ? MILLION / 10 : MILLION);
      add(memory(quick ? "after 100,000 reads" : "after a million reads", agent));
    }
  }

  private static Figure memory(String when, AgentUnderTest agent) {
    return Figure.of(
        "resident memory, " + when,
        Report.number(ProcessFigures.residentMegabytes(agent.pid())) + " MB",
        "1");
  }

  private void cpuPerCall(CpuPerCall.Result result) {
    String pairs = result.pairs().size() + " alternated pairs";
    add(
        Figure.bounded(
            "server CPU per call, read over constant of " + result.answerBytes() + " bytes",
            result.ratio(),
            1.25,
            pairs));
    row("read", result.reads());
    row("constant", result.constants());
  }

  /** Against a method that serialises nothing: what is left is gRPC's transport alone. */
  private void bytePerByte(CpuPerCall.Result result) {
    add(
        Figure.of(
            "the same ratio against bytes passed through unparsed",
            Report.number(result.ratio()),
            result.pairs().size() + " alternated pairs"));
    row("bytes", result.constants());
  }

  private void row(String kind, List<CpuPerCall.Sample> samples) {
    long calls = samples.stream().mapToLong(CpuPerCall.Sample::calls).sum();
    add(
        Figure.of(
            kind + ": CPU per call; calls per second; p50; p99 (medians of the runs)",
            "%s µs; %s; %s µs; %s µs"
                .formatted(
                    median(samples, CpuPerCall.Sample::cpuMicros),
                    median(samples, CpuPerCall.Sample::perSecond),
                    median(samples, CpuPerCall.Sample::p50Micros),
                    median(samples, CpuPerCall.Sample::p99Micros)),
            "%d runs, %,d calls".formatted(samples.size(), calls)));
  }

  private static String median(
      List<CpuPerCall.Sample> samples, ToDoubleFunction<CpuPerCall.Sample> figure) {
    return Report.number(Statistics.median(samples.stream().mapToDouble(figure).boxed().toList()));
  }

  private void add(Figure figure) {
    add(figure, figures);
  }

  private static void add(Figure figure, List<Figure> to) {
    System.err.println(
        "bench: " + figure.what() + ": " + figure.value() + (figure.held() ? "" : " MISSED"));
    to.add(figure);
  }

  /** Writes the page, or prints it after a quick run; whether every bound held. */
  private boolean publish() throws IOException {
    String page = Files.readString(installation.report());
    List<String> sections = new ArrayList<>();
    if (!figures.isEmpty()) {
      page = Report.withSectionsOf(page, report(figures).markdown());
    }
    if (!filesFigures.isEmpty()) {
      sections.add(report(filesFigures).filesSection());
    }
    if (!vaultFigures.isEmpty()) {
      sections.add(report(vaultFigures).vaultSection());
    }
    for (String section : sections) {
      page = Report.with(page, section);
    }
    if (quick) {
      System.out.print(figures.isEmpty() ? String.join("\n", sections) : page);
    } else {
      Files.writeString(installation.report(), page);
    }
    return Stream.of(figures, filesFigures, vaultFigures)
        .flatMap(List::stream)
        .allMatch(Figure::held);
  }

  private static Report report(List<Figure> figures) {
    return new Report(Machine.here(), LocalDate.now(ZoneOffset.UTC), List.copyOf(figures));
  }
}
