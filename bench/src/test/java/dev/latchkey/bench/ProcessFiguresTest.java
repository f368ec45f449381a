package dev.latchkey.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessFiguresTest {

  @Test
  void addsUserAndSystemTimeBehindANameWithSpacesAndBrackets() {
    String stat = "4711 (a) strange (name) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 9 0 100 1 1";

    assertThat(ProcessFigures.cpuSeconds(stat)).isEqualTo(3.0);
  }

  @Test
  void readsResidentMemoryInMillionsOfBytes() {
    assertThat(ProcessFigures.residentMegabytes("Name:\tjava\nVmRSS:\t  100000 kB\nThreads:\t9\n"))
        .isEqualTo(102.4);
  }

  @Test
  void knowsThisProcess() {
    long self = ProcessHandle.current().pid();

    assertThat(ProcessFigures.cpuSeconds(self)).isPositive();
    assertThat(ProcessFigures.residentMegabytes(self)).isGreaterThan(10);
  }
}
