package dev.latchkey.agent.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AnswersTest {

  private final Mailbox mailbox = new Mailbox(Runnable::run);

  private SecretException failure(Supplier<String> work) {
    return catchThrowableOfType(
        SecretException.class, () -> Answers.await(mailbox.ask(work), "the work"));
  }

  @Test
  void givesTheAnswer() {
    assertThat(Answers.await(mailbox.ask(() -> "done"), "the work")).isEqualTo("done");
  }

  @Test
  void throwsWhatWasThrownAndWrapsWhatIsNoAnswer() {
    SecretException thrown = SecretException.of(Reason.CONFLICT, "lost");
    assertThat(
            failure(
                () -> {
                  throw thrown;
                }))
        .isSameAs(thrown);
    SecretException wrapped =
        failure(
            () -> {
              throw new IllegalStateException("a value");
            });
    assertThat(wrapped.reason()).isEqualTo(Reason.INTERNAL);
    assertThat(wrapped).hasMessage("the work failed");
  }

  @Test
  void anInterruptedThreadWaitsNoLonger() {
    Thread.currentThread().interrupt();
    SecretException failure =
        catchThrowableOfType(
            SecretException.class, () -> Answers.await(new CompletableFuture<>(), "the work"));
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(Thread.interrupted()).isTrue();
  }
}
