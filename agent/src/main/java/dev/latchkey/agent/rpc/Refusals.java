package dev.latchkey.agent.rpc;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.v1.Failure;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one mapper from failures to what crosses the wire: the reason's status, the safe message, and
 * google.rpc details.
 *
 * <p>The cause stays here: it is logged once, by types and places alone, because a foreign message
 * may hold a value.
 */
final class Refusals {

  /** The domain of every {@code google.rpc.ErrorInfo}. */
  static final String DOMAIN = "latchkey.dev";

  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private final RandomGenerator random;

  Refusals(RandomGenerator random) {
    this.random = random;
  }

  /** The gRPC status of each reason. */
  static Status.Code code(Reason reason) {
    return switch (reason) {
      case INVALID_REQUEST -> Status.Code.INVALID_ARGUMENT;
      case UNKNOWN_CALLER -> Status.Code.UNAUTHENTICATED;
      case DENIED -> Status.Code.PERMISSION_DENIED;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case VERSION_DESTROYED, LEASE_EXPIRED, BACKEND_REFUSED, NOT_POSSIBLE_NOW ->
          Status.Code.FAILED_PRECONDITION;
      case CONFLICT -> Status.Code.ABORTED;
      case UNSUPPORTED -> Status.Code.UNIMPLEMENTED;
      case LIMIT_EXCEEDED -> Status.Code.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.Code.UNAVAILABLE;
      case INTERNAL -> Status.Code.INTERNAL;
    };
  }

  /** What ends a call that failed with {@code failure}. */
  StatusRuntimeException refusal(Throwable failure) {
    SecretException safe = safe(failure);
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code(safe.reason()).value())
            .setMessage(safe.safeMessage())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(safe.reason().name())
                        .setDomain(DOMAIN)
                        .build()));
    safe.retryDelay()
        .ifPresent(
            delay ->
                status.addDetails(
                    Any.pack(RetryInfo.newBuilder().setRetryDelay(Wire.duration(delay)).build())));
    return StatusProto.toStatusRuntimeException(status.build());
  }

  /** The same failure as one item of a batch. */
  Failure item(Throwable failure) {
    SecretException safe = safe(failure);
    return Failure.newBuilder()
        .setCode(code(safe.reason()).value())
        .setReason(safe.reason().name())
        .setMessage(safe.safeMessage())
        .build();
  }

  /** The trailers of a refusal; never null, so that callers need not ask. */
  static Metadata trailers(StatusRuntimeException refusal) {
    Metadata trailers = refusal.getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }

  private SecretException safe(Throwable failure) {
    if (failure instanceof SecretException known && known.reason() != Reason.INTERNAL) {
      if (known.getCause() != null && LOG.isDebugEnabled()) {
        LOG.debug("{}; below it: {}", known.safeMessage(), Trail.of(known.getCause()));
      }
      return known;
    }
    String correlation = HexFormat.of().toHexDigits(random.nextLong());
    LOG.error("call failed, correlation id {}: {}", correlation, Trail.of(failure));
    return SecretException.of(
        Reason.INTERNAL,
        "internal failure, correlation id " + correlation + "; see the agent's log");
  }
}
