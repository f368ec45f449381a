package dev.latchkey.cli.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a child lacks, by what it was given and what was told of. */
class VersionsTest {
  private final Versions versions = new Versions();

  @Test
  void aNewerVersionOfAnEpochAndAnyOfAnotherAreNews() {
    assertThat(Versions.isNews("e/10", "e/9")).isTrue();
    assertThat(Versions.isNews("e/9", "e/10")).isFalse();
    assertThat(Versions.isNews("e/9", "e/9")).isFalse();
    assertThat(Versions.isNews("f/1", "e/9")).isTrue();
    assertThat(Versions.isNews("e/1", null)).isTrue();
  }

  @Test
  void whatCouldNotBeSeenToIsLackedAgainUnlessSomethingNewerWasToldOf() {
    versions.begin(Map.of("a", "1", "b", "1"));
    assertThat(versions.tell("a", "2")).isTrue();
    assertThat(versions.tell("a", "2")).isFalse();
    assertThat(versions.tell("b", "2")).isTrue();
    Map<String, String> taken = versions.take();
    assertThat(versions.hasNews()).isFalse();
    assertThat(versions.tell("b", "3")).isTrue();
    versions.giveBack(taken);
    assertThat(versions.take()).isEqualTo(Map.of("a", "2", "b", "3"));
  }

  @Test
  void whatAChildWasBegunWithIsLackedNoMore() {
    versions.begin(Map.of("a", "1"));
    versions.tell("a", "2");
    versions.begin(Map.of("a", "3"));
    assertThat(versions.hasNews()).isFalse();
    assertThat(versions.tell("a", "2")).isFalse();
    assertThat(versions.isDelivered(Map.of("a", "3"))).isTrue();
  }
}
