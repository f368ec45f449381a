package dev.latchkey.bench;

import dev.latchkey.bench.agent.AgentClient;
import dev.latchkey.bench.agent.AgentUnderTest;
import dev.latchkey.bench.load.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * From the start of the process to the first answer that says ready, with and without the AOT
 * cache, in turn; the first pair warms the disk cache and does not count.
 */
final class StartUp {

  private final Workplace workplace;
  private final List<String> withCache;
  private final List<String> withoutCache;

  /** The two commands differ in nothing but the cache. */
  StartUp(Workplace workplace, List<String> withCache, List<String> withoutCache) {
    this.workplace = workplace;
    this.withCache = withCache;
    this.withoutCache = withoutCache;
  }

  List<Figure> measure(int pairs) throws IOException {
    List<Double> with = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    pair();
    for (int pair = 0; pair < pairs; pair++) {
      double[] seconds = pair();
      with.add(seconds[0]);
      without.add(seconds[1]);
      ratios.add(seconds[0] / seconds[1]);
    }
    String samples = pairs + " alternated starts";
    return List.of(
        Figure.of("start to ready, with the AOT cache", seconds(with), samples),
        Figure.of("start to ready, without it", seconds(without), samples),
        Figure.bounded("ratio of the two, median", Statistics.median(ratios), 0.6, samples));
  }

  private double[] pair() throws IOException {
    return new double[] {start(withCache), start(withoutCache)};
  }

  private double start(List<String> java) throws IOException {
    long begun = System.nanoTime();
    try (AgentUnderTest agent = AgentUnderTest.startShipped(java, workplace.directory());
        AgentClient client = AgentClient.whenReady(agent)) {
      return client.sinceNanos(begun) / 1e9;
    }
  }

  private static String seconds(List<Double> samples) {
    return Report.number(Statistics.median(samples)) + " s";
  }
}
