package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.InlineFileThreads;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.time.FakeTime;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Earlier versions that stay for slow readers, after a burst that nothing follows. */
class PrunedVersionsTest {

  /** The symlink, the current version and the previous two. */
  private static final int USUAL = 2 + EarlierVersions.ALWAYS;

  @TempDir Path directory;

  private final FakeTime time = new FakeTime();
  private Placement set;

  private static PosixFileTree tree(FakeTime of) {
    return new PosixFileTree(
        Deliveries.accounts(), new SecureRandom(), of, of, InlineFileThreads.of(of, of));
  }

  @BeforeEach
  void burst() {
    set = Deliveries.set(directory.resolve("tls"));
    PosixFileTree tree = tree(time);
    for (int number = 1; number <= 10; number++) {
      tree.write(set, Deliveries.three("number " + number));
    }
  }

  @Test
  void theyGoWithoutAFurtherChangeOnceNobodyCanReadThem() throws IOException {
    time.advance(EarlierVersions.LONGEST_READ.minusMillis(1));
    assertThat(Deliveries.names(directory)).hasSize(11);
    time.advance(EarlierVersions.LONGEST_READ);
    assertThat(Deliveries.names(directory)).hasSize(USUAL);
    assertThat(set.path().resolve("tls.key")).hasContent("number 10 of tls.key");
    assertThat(time.pending()).isZero();
  }

  @Test
  void thoseOfAnEarlierLifeGoToo() throws IOException {
    FakeTime next = new FakeTime();
    assertThat(tree(next).write(set, Deliveries.three("number 10"))).isFalse();
    assertThat(Deliveries.names(directory)).hasSize(11);
    next.advance(EarlierVersions.LONGEST_READ);
    assertThat(Deliveries.names(directory)).hasSize(USUAL);
    assertThat(next.pending()).isZero();
  }

  @Test
  void whatWasTakenBackMeanwhileStaysAway() throws IOException {
    tree(time).remove(set);
    time.advance(EarlierVersions.LONGEST_READ);
    assertThat(directory).isEmptyDirectory();
    assertThat(time.pending()).isZero();
  }
}
