package dev.latchkey.agent.secret;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The agent's one exception: something asked for could not be done.
 *
 * <p>The message is safe: it crosses the wire and is written to logs, says what failed and what to
 * do next, and never holds a value. The cause never crosses the wire; it is logged once, where the
 * exception becomes an answer.
 */
public final class SecretException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final @Nullable Duration retryDelay;
  private final boolean nothingDone;

  private SecretException(
      Reason reason, String safeMessage, @Nullable Duration retryDelay, @Nullable Throwable cause) {
    this(reason, safeMessage, retryDelay, cause, false);
  }

  private SecretException(
      Reason reason,
      String safeMessage,
      @Nullable Duration retryDelay,
      @Nullable Throwable cause,
      boolean nothingDone) {
    super(safeMessage, cause);
    this.reason = reason;
    this.retryDelay = retryDelay;
    this.nothingDone = nothingDone;
  }

  /** A failure with nothing below it. */
  public static SecretException of(Reason reason, String safeMessage) {
    return new SecretException(reason, safeMessage, null, null);
  }

  /** A failure that another one caused. */
  public static SecretException of(Reason reason, String safeMessage, Throwable cause) {
    return new SecretException(reason, safeMessage, null, cause);
  }

  /** A failure that waiting for {@code retryDelay} may mend. */
  public static SecretException retryable(Reason reason, String safeMessage, Duration retryDelay) {
    return new SecretException(reason, safeMessage, retryDelay, null);
  }

  /** A failure that another one caused and that waiting for {@code retryDelay} may mend. */
  public static SecretException retryable(
      Reason reason, String safeMessage, Duration retryDelay, Throwable cause) {
    return new SecretException(reason, safeMessage, retryDelay, cause);
  }

  /**
   * A request whose {@code field} is wrong; {@code problem} completes the sentence that begins with
   * its name.
   */
  public static SecretException invalid(String field, String problem) {
    return of(Reason.INVALID_REQUEST, field + " " + problem);
  }

  /** The same failure of a call that was certainly not made, or not carried out. */
  public SecretException ofNothingDone() {
    return new SecretException(reason, safeMessage(), retryDelay, getCause(), true);
  }

  /**
   * Whether the call was certainly not made, or not carried out. Without it an outage may have come
   * after whatever was asked for was done.
   */
  public boolean nothingDone() {
    return nothingDone;
  }

  public Reason reason() {
    return reason;
  }

  /** How long to wait before asking again, where waiting helps. */
  public Optional<Duration> retryDelay() {
    return Optional.ofNullable(retryDelay);
  }

  /** The message, which is safe to show to whoever asked. */
  public String safeMessage() {
    return String.valueOf(getMessage());
  }
}
