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
  void saysWhereAFigureFellBelowItsBound() {
    assertThat(page(Figure.atLeast("hits", 98.994, 99, "100 reads")))
        .contains("| hits | 98.99 % | 100 reads | at least 99 %, **missed** |");
    assertThat(page(Figure.atLeast("hits", 99, 99, "100 reads")))
        .contains("| hits | 99.00 % | 100 reads | at least 99 % |");
  }

  @Test
  void replacesOneSectionAndNothingElse() {
    String first = page(Figure.of("memory", "100 MB", "1"));
    String vault = report(Figure.of("hits", "1 %", "1")).vaultSection();
    String older = report(Figure.of("one file", "1 ms", "1")).filesSection();
    String newer = report(Figure.of("one file", "2 ms", "1")).filesSection();

    String page = Report.with(Report.with(first, older), vault);
    assertThat(page).isEqualTo(first + "\n" + older + "\n" + vault);
    assertThat(Report.with(page, newer)).isEqualTo(first + "\n" + newer + "\n" + vault);
  }

  @Test
  void replacesTheFirstPartAndNoSection() {
    String older = page(Figure.of("memory", "100 MB", "1"));
    String newer = page(Figure.of("memory", "200 MB", "1"));
    String files = report(Figure.of("one file", "1 ms", "1")).filesSection();
    String vault = report(Figure.of("hits", "1 %", "1")).vaultSection();

    String page = Report.with(Report.with(older, files), vault);
    assertThat(Report.withSectionsOf(page, newer)).isEqualTo(newer + "\n" + files + "\n" + vault);
    assertThat(Report.withSectionsOf(older, newer)).isEqualTo(newer);
  }

  @Test
  void givesANumberTheDecimalsThatItsSizeDeserves() {
    assertThat(List.of(0.123, 12.34, 12345.6).stream().map(Report::number))
        .containsExactly("0.12", "12.3", "12,346");
  }

  private static String page(Figure... figures) {
    return report(figures).markdown();
  }

  private static Report report(Figure... figures) {
    return new Report(MACHINE, LocalDate.of(2026, 3, 4), List.of(figures));
  }
}
