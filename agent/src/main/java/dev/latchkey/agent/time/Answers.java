package dev.latchkey.agent.time;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for what another thread answers, as {@link Mailbox#ask} does. */
public final class Answers {

  private Answers() {}

  /**
   * The answer. Blocks and honours interruption.
   *
   * @param what names what is waited for in a message, such as {@code "the login"}
   * @throws SecretException as it was thrown; INTERNAL for whatever else was, UNAVAILABLE when this
   *     thread is interrupted
   */
  public static <T> T await(CompletableFuture<T> answer, String what) {
    try {
      return answer.get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw SecretException.of(
          Reason.UNAVAILABLE, what + ": nobody waits for the answer any more", interrupted);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof SecretException why
          ? why
          : SecretException.of(
              Reason.INTERNAL,
              what + " failed",
              Objects.requireNonNullElse(failed.getCause(), failed));
    }
  }
}
