package dev.latchkey.agent.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AbandonedNamesTest {

  private static final Duration CAP = Duration.ofMinutes(1);
  private static final Duration REFRESH = Duration.ofMinutes(5);
  private static final SecretName NAME = new SecretName("app/one");

  private final FakeTime time = new FakeTime();
  private final Set<SecretName> readOn = new HashSet<>();
  private final Outages outages =
      new Outages(
          new Backoff(Duration.ofSeconds(1), CAP), time, new SplittableRandom(1), readOn::contains);

  private Duration fails(SecretName name, Reason reason) {
    return outages.failed(name, SecretException.of(reason, "no"), REFRESH);
  }

  @Test
  void aNameThatNobodyReadsOnIsForgottenOnceItWasLeftAlone() {
    Duration wait = fails(NAME, Reason.UNAVAILABLE);
    time.advance(wait.plus(CAP));
    assertThat(outages.count()).isEqualTo(1);
    time.advance(Duration.ofNanos(1));
    assertThat(outages.count()).isZero();
  }

  @Test
  void aNameThatIsReadOnStaysUntilItsReadSucceeds() {
    readOn.add(NAME);
    fails(NAME, Reason.UNAVAILABLE);
    time.advance(Duration.ofHours(1));
    assertThat(outages.count()).isEqualTo(1);
    outages.over(NAME);
    assertThat(outages.count()).isZero();
  }

  @Test
  void theAnswerThatThereIsNoSuchSecretEndsTheOutage() {
    readOn.add(NAME);
    fails(NAME, Reason.UNAVAILABLE);
    time.advance(CAP);
    fails(NAME, Reason.NOT_FOUND);
    assertThat(outages.count()).isZero();
    outages.check(NAME);
  }

  @Test
  void newNamesMeetBackoffAgainWhenManyOthersWereAbandoned() {
    for (int i = 0; i < 10_000; i++) {
      fails(new SecretName("app/abandoned-" + i), Reason.UNAVAILABLE);
    }
    time.advance(CAP.multipliedBy(3));
    fails(NAME, Reason.BACKEND_REFUSED);
    assertThatThrownBy(() -> outages.check(NAME)).isInstanceOf(SecretException.class);
    assertThat(outages.count()).isEqualTo(1);
  }
}
