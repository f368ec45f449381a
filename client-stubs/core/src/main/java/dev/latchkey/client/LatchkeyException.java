package dev.latchkey.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client's one exception: something asked of the agent, or of the copy that follows it, could
 * not be done.
 *
 * <p>The message is safe to log and to show: it says what failed and what to do next, and never
 * holds a value.
 */
public final class LatchkeyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final @Nullable Duration retryDelay;

  /** A failure with a safe message. */
  public LatchkeyException(Reason reason, String safeMessage) {
    this(reason, safeMessage, null, null);
  }

  LatchkeyException(
      Reason reason, String safeMessage, @Nullable Duration retryDelay, @Nullable Throwable cause) {
    super(safeMessage, cause);
    this.reason = reason;
    this.retryDelay = retryDelay;
  }

  /**
   * Reads a failure of a gRPC call, such as one made over {@link AgentChannel} with generated
   * stubs.
   *
   * <p>The reason is the agent's own where it sent {@code google.rpc.ErrorInfo}, else it follows
   * from the status. A {@code LatchkeyException} is returned as it is.
   */
  public static LatchkeyException from(Throwable failure) {
    return Failures.from(failure);
  }

  /** Why it failed. */
  public Reason reason() {
    return reason;
  }

  /** How long to wait before asking again, where the agent says that waiting helps. */
  public Optional<Duration> retryDelay() {
    return Optional.ofNullable(retryDelay);
  }

  /** Why something could not be done. A constant may be added in any release. */
  public enum Reason {
    /** The request itself is wrong; the message names the field. */
    INVALID_REQUEST,
    /** The agent could not attest this process. */
    UNKNOWN_CALLER,
    /** The agent's policy does not allow it; the same whether the secret exists or not. */
    DENIED,
    /** No such secret, field, version or keyring. */
    NOT_FOUND,
    /** The version was destroyed at the secret manager. */
    VERSION_DESTROYED,
    /** The lease ended and no successor could be had. */
    LEASE_EXPIRED,
    /** The secret manager refuses the agent itself. */
    BACKEND_REFUSED,
    /** The state does not allow it now. */
    NOT_POSSIBLE_NOW,
    /** A compare-and-set was lost. */
    CONFLICT,
    /** Not offered. */
    UNSUPPORTED,
    /** A rate, size or queue limit; waiting helps. */
    LIMIT_EXCEEDED,
    /** The agent, or the secret manager behind it, cannot be reached and nothing usable is held. */
    UNAVAILABLE,
    /** The agent failed; its log has more under the correlation id of the message. */
    INTERNAL,
    /** The agent did not answer in time. Whether it did what was asked is unknown. */
    DEADLINE_EXCEEDED,
    /** The caller gave up, by interrupt or by cancelling the future. */
    CANCELLED,
    /** The copy is older than the secret's {@code max_stale} and the agent cannot be reached. */
    COPY_TOO_OLD,
    /** The client or the watch was closed. */
    CLOSED,
    /** This platform has no Unix domain sockets that gRPC could use. */
    UNSUPPORTED_PLATFORM
  }
}
