package dev.latchkey.agent;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AftermathTest {

  private static final Duration PATIENCE = Duration.ofMillis(100);

  @Test
  @Warns("provoked")
  void aWarningIsFoundUnlessItIsExpected() {
    Aftermath aftermath = Aftermath.begin();
    LoggerFactory.getLogger("some.logger").warn("provoked");
    aftermath.end();
    assertThatThrownBy(() -> aftermath.check(Set.of("another"), PATIENCE))
        .hasMessageContaining("WARN some.logger provoked");
    assertThatCode(() -> aftermath.check(Set.of("provoked"), PATIENCE)).doesNotThrowAnyException();
  }

  @Test
  void aMarkedSecretIsFoundAtAnyLevelAlsoInAnException() {
    Logger alone = (Logger) LoggerFactory.getLogger("marked.logger");
    Aftermath aftermath = Aftermath.begin();
    // Past whoever else looks at the root.
    aftermath.listenTo(alone);
    alone.setAdditive(false);
    alone.setLevel(Level.TRACE);
    alone.trace("it is so", new IllegalStateException("with marker-1"));
    alone.setAdditive(true);
    alone.setLevel(null);
    aftermath.end();
    assertThatThrownBy(() -> aftermath.check(Set.of(), PATIENCE)).hasMessageContaining("marker-1");
  }

  @Test
  void aThreadOfOursThatIsLeftIsFoundAndAnothersIsNot() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Aftermath aftermath = Aftermath.begin();
    Thread others = start("other-1", end);
    assertThatCode(() -> aftermath.check(Set.of(), PATIENCE)).doesNotThrowAnyException();
    Thread ours = start("latchkey-left", end);
    assertThatThrownBy(() -> aftermath.check(Set.of(), PATIENCE))
        .isInstanceOf(ConditionTimeoutException.class)
        .hasMessageContaining("latchkey-left");
    end.countDown();
    ours.join();
    others.join();
    aftermath.end();
  }

  private static Thread start(String name, CountDownLatch end) {
    return Thread.ofPlatform()
        .name(name)
        .start(
            () -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
