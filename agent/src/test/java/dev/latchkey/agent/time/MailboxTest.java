package dev.latchkey.agent.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class MailboxTest {

  private final Deque<Runnable> later = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();

  @Test
  void aTaskThatThrowsTakesNoLaterOneWithIt() {
    Mailbox mailbox = new Mailbox(later::add);
    mailbox.post(
        () -> {
          throw new StackOverflowError("deep");
        });
    mailbox.post(() -> done.add("the next"));

    assertThatThrownBy(later.remove()::run).isInstanceOf(StackOverflowError.class);
    later.remove().run();
    mailbox.post(() -> done.add("a later one"));
    later.remove().run();

    assertThat(done).containsExactly("the next", "a later one");
    assertThat(later).isEmpty();
  }

  @Test
  void whoeverAsksLearnsOfAnErrorToo() {
    Mailbox mailbox = new Mailbox(Runnable::run);
    var answer =
        mailbox.<String>ask(
            () -> {
              throw new StackOverflowError("deep");
            });
    assertThatThrownBy(answer::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(StackOverflowError.class);
  }
}
