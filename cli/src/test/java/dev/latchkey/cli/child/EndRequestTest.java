package dev.latchkey.cli.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a signal counts as the wish that nothing is begun again. */
class EndRequestTest {
  private static final long BEGIN = 1_000_000_000_000L;
  private static final Duration GRACE = Duration.ofSeconds(7);
  private static final long LATER = BEGIN + GRACE.toNanos();

  private final EndRequest asked = new EndRequest(GRACE);

  @Test
  void nobodyAsksAtFirstNorByAnotherSignal() {
    asked.signalled(Signals.HUP, false, BEGIN);
    asked.signalled(Signals.CONT, true, BEGIN);
    assertThat(asked.stands(BEGIN)).isFalse();
    assertThat(asked.isMet(130, false, BEGIN)).isFalse();
    assertThat(asked.isMet(130, true, BEGIN)).isTrue();
    assertThat(asked.isMet(0, true, BEGIN)).isFalse();
  }

  @Test
  void theTermLasts() {
    asked.signalled(Signals.TERM, false, BEGIN);
    assertThat(asked.isLasting()).isTrue();
    assertThat(asked.stands(LATER)).isTrue();
    assertThat(asked.isMet(0, false, LATER)).isTrue();
  }

  @Test
  void anInterruptCountsUntilTheCommandHasOutlivedItForTheGrace() {
    asked.signalled(Signals.INT, false, BEGIN);
    assertThat(asked.isLasting()).isFalse();
    assertThat(asked.stands(LATER - 1)).isTrue();
    assertThat(asked.rest(BEGIN + 1)).isEqualTo(GRACE.minusNanos(1));
    assertThat(asked.stands(LATER)).isFalse();
    asked.signalled(Signals.INT, false, LATER);
    assertThat(asked.stands(LATER)).isTrue();
  }

  @Test
  void anInterruptOfACommandThatIsToEndLasts() {
    asked.signalled(Signals.INT, true, BEGIN);
    assertThat(asked.stands(LATER)).isTrue();
  }
}
