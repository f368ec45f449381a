package dev.latchkey.client.placeholder;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BoundsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final SecretReference A = new SecretReference("a", "f");
  private static final SecretReference B = new SecretReference("b", "f");

  private final FakeLater later = new FakeLater();
  private final Set<SecretReference> unreadable = new HashSet<>();
  private int forgotten;
  private boolean failing;

  private void begin() {
    new Bounds(() -> unreadable, this::forget, later).begin();
  }

  private void forget() {
    forgotten++;
    if (failing) {
      throw new IllegalStateException();
    }
  }

  private void assertForgottenWithin(Duration time, int times) {
    forgotten = 0;
    later.pass(time);
    assertThat(forgotten).isEqualTo(times);
  }

  @Test
  void whatCannotBeReadAnyMoreIsForgottenWithinASecondAndOnceMore() {
    begin();
    assertForgottenWithin(Duration.ofHours(1), 0);
    unreadable.add(A);
    assertForgottenWithin(SECOND, 1);
    assertForgottenWithin(SECOND, 1);
    assertForgottenWithin(Duration.ofHours(1), 0);
    unreadable.add(B);
    assertForgottenWithin(Duration.ofHours(1), 2);
    unreadable.clear();
    assertForgottenWithin(Duration.ofHours(1), 0);
    unreadable.add(A);
    assertForgottenWithin(Duration.ofHours(1), 2);
  }

  @Test
  void aCacheThatDoesNotForgetIsAskedAgainUntilItDoes() {
    begin();
    failing = true;
    unreadable.add(A);
    assertForgottenWithin(SECOND.multipliedBy(5), 5);
    failing = false;
    assertForgottenWithin(Duration.ofHours(1), 1);
  }
}
