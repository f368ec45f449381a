package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

class PreconditionTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void saysNothingWhenItIsMet() {
    require(true, "true");
    assertThat(err.size()).isZero();
  }

  @Test
  void failsUnderContinuousIntegration() {
    assertThatThrownBy(() -> require(false, "true"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("another uid");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "false", "1"})
  void skipsLoudlyElsewhere(@Nullable String ci) {
    assertThatThrownBy(() -> require(false, ci)).isInstanceOf(TestAbortedException.class);
    assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8).lines())
        .containsExactly("SKIPPED: this is needed: another uid");
  }

  private void require(boolean met, @Nullable String ci) {
    Precondition.require(met, "another uid", ci, new PrintStream(err, true));
  }
}
