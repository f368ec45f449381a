package dev.latchkey.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The measurement of deliveries, on a real agent, with a few changes. */
class DeliveryLatencyTest {

  /** The agent's program over the class path of the tests. */
  private static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.latchkey.agent.wiring.Main");
  }

  private static List<String> leftInMemory() throws Exception {
    try (Stream<Path> all = Files.list(Path.of("/dev/shm"))) {
      return all.map(Path::toString).filter(name -> name.contains("latchkey-bench-")).toList();
    }
  }

  @Test
  void everyFileOfEveryChangeIsASampleAndNothingIsLeft() throws Exception {
    List<String> before = leftInMemory();
    try (Workplace workplace = Workplace.create()) {
      DeliveryLatency.Samples samples = new DeliveryLatency(workplace, java()).fannedOut(5, 3);
      assertThat(samples.files()).isEqualTo(5);
      assertThat(samples.each()).hasSize(15).allMatch(milliseconds -> milliseconds > 0);
      assertThat(samples.last()).hasSize(3);
      assertThat(samples.last()).contains(Collections.max(samples.each()));
    }
    assertThat(leftInMemory()).isEqualTo(before);
  }

  @Test
  void oneFileAmongOthersIsOneSampleOfEachChange() throws Exception {
    try (Workplace workplace = Workplace.create()) {
      DeliveryLatency.Samples samples = new DeliveryLatency(workplace, java()).oneAmong(5, 3);
      assertThat(samples.each()).hasSize(3).isEqualTo(samples.last());
    }
  }

  @Test
  void theFirstStartDoesNotCount() throws Exception {
    try (Workplace workplace = Workplace.create()) {
      assertThat(new DeliveryLatency(workplace, java()).firstFiles(1))
          .hasSize(1)
          .allMatch(seconds -> seconds > 0.05);
    }
  }

  @Test
  void theBoundIsHeldJustAtItAndMissedByOneSampleMore() {
    assertThat(DeliveryLatency.figure(samples(1)).held()).isTrue();
    assertThat(DeliveryLatency.figure(samples(2)).held()).isFalse();
    assertThat(DeliveryLatency.figure(samples(2)).samples()).isEqualTo("100 files of 100 changes");
  }

  /** A hundred samples of one file, so many of which took too long. */
  private static DeliveryLatency.Samples samples(int late) {
    List<Double> each =
        Stream.concat(
                Collections.nCopies(100 - late, 50.0).stream(),
                Collections.nCopies(late, 50.1).stream())
            .toList();
    return new DeliveryLatency.Samples(1, each, each);
  }
}
