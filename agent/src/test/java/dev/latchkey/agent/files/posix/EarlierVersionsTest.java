package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EarlierVersionsTest {

  private static final List<FileContent> SMALL = sized(100);

  private final FakeTime time = new FakeTime();
  private final EarlierVersions earlier = new EarlierVersions(time);
  private List<Long> there = new ArrayList<>();
  private long current;

  private static List<FileContent> sized(long size) {
    return List.of(new FileContent("one", new byte[(int) size]));
  }

  /** Swaps in a version, and answers which earlier ones stay. */
  private Set<Long> change(List<FileContent> contents) {
    if (current > 0) {
      there.addFirst(current);
    }
    earlier.filled(++current, contents);
    Set<Long> stay = earlier.staying(current, there);
    there = new ArrayList<>(there.stream().filter(stay::contains).toList());
    return stay;
  }

  private void changes(int number, List<FileContent> contents) {
    for (int change = 0; change < number; change++) {
      change(contents);
    }
  }

  @Test
  void thePreviousTwoStayForEver() {
    for (int change = 0; change < 5; change++) {
      time.advance(Duration.ofDays(100));
      change(SMALL);
    }
    assertThat(there).containsExactly(4L, 3L);
  }

  @Test
  void whatWasReplacedLatelyStaysUntilNobodyCanStillReadIt() {
    changes(20, SMALL);
    assertThat(there).hasSize(19);
    time.advance(EarlierVersions.LONGEST_READ.minusMillis(1));
    assertThat(change(SMALL)).hasSize(20);
    time.advance(Duration.ofMillis(1));
    assertThat(change(SMALL)).containsExactlyInAnyOrder(21L, 20L);
  }

  @Test
  void itIsCountedFromTheReplacementAndNotFromTheWrite() {
    change(SMALL);
    time.advance(Duration.ofHours(1));
    changes(4, SMALL);
    assertThat(there).containsExactly(4L, 3L, 2L, 1L);
  }

  @Test
  void theirNumberIsBounded() {
    changes(EarlierVersions.MOST + 50, SMALL);
    assertThat(there)
        .containsExactlyElementsOf(
            LongStream.range(0, EarlierVersions.MOST)
                .mapToObj(back -> current - 1 - back)
                .toList());
  }

  @Test
  void theirBytesAreBoundedBesidesThePreviousTwo() {
    changes(20, sized(EarlierVersions.MOST_BYTES / 3 - 2 * EarlierVersions.PAGE));
    assertThat(there).hasSize(EarlierVersions.ALWAYS + 3);
    changes(3, sized(EarlierVersions.MOST_BYTES + 1));
    change(SMALL);
    assertThat(there).containsExactly(current - 1, current - 2);
  }

  @Test
  void aSmallFileCountsAsThePageThatItTakesAndSoDoesTheDirectory() {
    List<FileContent> many =
        IntStream.range(1, 256)
            .mapToObj(number -> new FileContent("file-" + number, new byte[1]))
            .toList();
    changes(30, many);
    assertThat(there).hasSize(EarlierVersions.ALWAYS + 8);
  }

  @Test
  void versionsAfterARemovalAreOtherOnes() {
    changes(5, SMALL);
    there = new ArrayList<>();
    current = 0;
    time.advance(EarlierVersions.LONGEST_READ);
    changes(5, SMALL);
    assertThat(there).hasSize(4);
  }
}
