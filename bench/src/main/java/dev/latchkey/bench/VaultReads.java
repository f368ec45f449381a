package dev.latchkey.bench;

import dev.latchkey.bench.agent.AgentClient;
import dev.latchkey.bench.agent.AgentUnderTest;
import dev.latchkey.bench.load.LatencyHistogram;
import dev.latchkey.bench.load.Statistics;
import dev.latchkey.bench.load.Zipf;
import dev.latchkey.bench.vault.KeptVault;
import dev.latchkey.bench.vault.Reads;
import dev.latchkey.bench.vault.ReadsWithAgent;
import dev.latchkey.bench.vault.ReadsWithoutAgent;
import dev.latchkey.testing.vault.VaultBinary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What an agent before a real Vault saves: many reads of many secrets, some asked for much more
 * often than others, with the agent and without it; and how soon its first secret is there.
 */
final class VaultReads {

  private static final double EXPONENT = 0.99;
  private static final long SEED = 20_260_101;
  private static final double HITS = 99;
  private static final double SAVED = 95;

  private final Workplace workplace;
  private final List<String> java;
  private final VaultBinary binary;
  private final Size size;

  /**
   * How much is measured.
   *
   * @param secrets how many there are
   * @param reads how many are made with the agent, and without it
   * @param seconds how long those with the agent take at least
   * @param refreshSeconds how often the agent confirms what it holds
   * @param starts how often an agent is started
   */
  record Size(int secrets, int reads, int seconds, int refreshSeconds, int starts) {

    static final Size FULL = new Size(1000, 200_000, 65, 30, 11);
    static final Size QUICK = new Size(100, 20_000, 7, 3, 3);
  }

  /**
   * A measurement of the agent as it is shipped.
   *
   * @param java its command up to and including the main class
   */
  VaultReads(Workplace workplace, List<String> java, VaultBinary binary, Size size) {
    this.workplace = workplace;
    this.java = java;
    this.binary = binary;
    this.size = size;
  }

  /** Takes every sample; the figures in the order of the table. */
  List<Figure> measure() throws IOException, InterruptedException {
    int[] sequence =
        new Zipf(size.secrets(), EXPONENT).draw(size.reads(), new SplittableRandom(SEED));
    List<Figure> figures = new ArrayList<>();
    try (KeptVault vault = KeptVault.start(binary, workplace.directory(), size.secrets())) {
      int before = vault.requests();
      Reads with = withAgent(vault, sequence);
      int requests = vault.requests() - before;
      Reads without = new ReadsWithoutAgent(vault.address(), vault.token(), sequence).measure();
      figures.addAll(figures(size, with, requests, without));
      figures.addAll(firstSecrets(vault));
    }
    return figures;
  }

  private Reads withAgent(KeptVault vault, int[] sequence)
      throws IOException, InterruptedException {
    try (AgentUnderTest agent = start(vault);
        AgentClient ready = AgentClient.whenReady(agent)) {
      long nanosEach = TimeUnit.SECONDS.toNanos(size.seconds()) / sequence.length;
      return new ReadsWithAgent(agent.socket(), sequence, nanosEach).measure();
    }
  }

  private AgentUnderTest start(KeptVault vault) throws IOException {
    return AgentUnderTest.startShipped(
        java, workplace.directory(), vault.declarations(size.refreshSeconds()));
  }

  /** The figures of the reads. Pure. */
  static List<Figure> figures(Size size, Reads with, long requests, Reads without) {
    String reads = "%,d reads in %.0f s".formatted(with.reads(), with.seconds());
    return List.of(
        Figure.atLeast(
            "reads answered without waiting for Vault, %,d secrets, Zipf %s, refreshed every %d s"
                .formatted(size.secrets(), EXPONENT, size.refreshSeconds()),
            with.hitPercent(),
            HITS,
            "%s, %,d of them hits".formatted(reads, with.hits())),
        Figure.atLeast(
            "calls of Vault saved",
            Reads.savedPercent(requests, without.reads()),
            SAVED,
            "%,d calls instead of %,d".formatted(requests, without.reads())),
        Figure.of("read with the agent: p50; p99", latencies(with.latencies()), reads),
        Figure.of(
            "read straight from Vault: p50; p99",
            latencies(without.latencies()),
            "%,d reads in %.0f s".formatted(without.reads(), without.seconds())));
  }

  private static String latencies(LatencyHistogram of) {
    return "%s µs; %s µs"
        .formatted(Report.number(of.percentileMicros(50)), Report.number(of.percentileMicros(99)));
  }

  /** From the start of the process, each time on an empty state; the first warms the disk cache. */
  private List<Figure> firstSecrets(KeptVault vault) throws IOException, InterruptedException {
    List<Double> seconds = new ArrayList<>();
    int before = vault.requests();
    for (int start = 0; start <= size.starts(); start++) {
      double took = firstSecret(vault);
      if (start > 0) {
        seconds.add(took);
      } else {
        before = vault.requests();
      }
    }
    double each = (vault.requests() - before) / (double) size.starts();
    return List.of(
        Figure.of(
            "start to the first secret of Vault read, login included, median",
            Report.number(Statistics.median(seconds)) + " s",
            size.starts() + " starts, %.1f calls of Vault each".formatted(each)));
  }

  private double firstSecret(KeptVault vault) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    try (AgentUnderTest agent = start(vault);
        AgentClient ready = AgentClient.whenReady(agent)) {
      Reads one = new ReadsWithAgent(agent.socket(), new int[1], 0).measure();
      if (one.hits() != 0) {
        throw new IllegalStateException("the first read did not go to Vault");
      }
      return (System.nanoTime() - begun) / 1e9;
    }
  }
}
