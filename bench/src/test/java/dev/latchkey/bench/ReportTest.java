package dev.latchkey.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

  private static final Machine MACHINE = new Machine(2, "A processor", "1 kB", "Linux 6", "JDK 25");

  @Test
  void showsMachineDateAndEveryFigure() {
    String page =
        page(
            Figure.of("memory", "100 MB", "1"),
            Figure.bounded("ratio", 1.1, 1.25, "10 alternated pairs"));

    assertThat(page)
        .contains(
            "Measured on 2026-03-04",
            "| cores | 2 |",
            "| memory | 100 MB | 1 |  |",
            "| ratio | 1.10 | 10 alternated pairs | at most 1.25 |");
  }

  @Test
  void saysWhereABoundWasMissed() {
    assertThat(page(Figure.bounded("ratio", 1.3, 1.25, "10 pairs")))
        .contains("| at most 1.25, **missed** |");
  }

  @Test
  void givesANumberTheDecimalsThatItsSizeDeserves() {
    assertThat(List.of(0.123, 12.34, 12345.6).stream().map(Report::number))
        .containsExactly("0.12", "12.3", "12,346");
  }

  private static String page(Figure... figures) {
    return new Report(MACHINE, LocalDate.of(2026, 3, 4), List.of(figures)).markdown();
  }
}
