package dev.latchkey.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.v1.Failure;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Reads what the agent says of a failure. Pure; safe for any thread. */
final class Failures {

  private static final String DOMAIN = "latchkey.dev";

  private Failures() {}

  static LatchkeyException from(Throwable failure) {
    Throwable bare = unwrap(failure);
    if (bare instanceof LatchkeyException known) {
      return known;
    }
    if (bare instanceof StatusRuntimeException || bare instanceof StatusException) {
      return fromStatus(status(bare), StatusProto.fromThrowable(bare), bare);
    }
    return new LatchkeyException(
        Reason.INTERNAL, "The client failed: " + bare.getClass().getSimpleName(), null, bare);
  }

  /** Reads one item's failure out of a batch. */
  static LatchkeyException from(Failure failure) {
    Status.Code code = Status.fromCodeValue(failure.getCode()).getCode();
    return new LatchkeyException(reason(failure.getReason(), code), failure.getMessage());
  }

  /** gRPC calls it unknown when the connection ends just as a call is to be written to it. */
  private static Status status(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    boolean cut =
        status.getCode() == Status.Code.UNKNOWN
            && status.getCause() instanceof ClosedChannelException;
    return cut ? Status.UNAVAILABLE.withDescription(status.getDescription()) : status;
  }

  private static LatchkeyException fromStatus(
      Status status, com.google.rpc.@Nullable Status details, Throwable cause) {
    String named = "";
    Duration retryDelay = null;
    for (com.google.protobuf.Any any :
        details == null ? java.util.List.<com.google.protobuf.Any>of() : details.getDetailsList()) {
      ErrorInfo info = unpack(any, ErrorInfo.class);
      if (info != null && info.getDomain().equals(DOMAIN)) {
        named = info.getReason();
      }
      RetryInfo retry = unpack(any, RetryInfo.class);
      if (retry != null && retry.hasRetryDelay()) {
        retryDelay = Wire.duration(retry.getRetryDelay());
      }
    }
    Reason reason = reason(named, status.getCode());
    return new LatchkeyException(reason, message(status, named), retryDelay, cause);
  }

  private static String message(Status status, String named) {
    String said = status.getDescription() == null ? "" : status.getDescription();
    if (!named.isEmpty() && !said.isEmpty()) {
      return said;
    }
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          "The agent cannot be reached; is it running, and may this process enter the directory of"
              + " its socket?"
              + (said.isEmpty() ? "" : " (" + said + ")");
      case DEADLINE_EXCEEDED -> "The agent did not answer in time";
      default -> said.isEmpty() ? "The agent answered " + status.getCode() : said;
    };
  }

  private static Reason reason(String named, Status.Code code) {
    for (Reason reason : Reason.values()) {
      if (reason.name().equals(named)) {
        return reason;
      }
    }
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Reason.INVALID_REQUEST;
      case UNAUTHENTICATED -> Reason.UNKNOWN_CALLER;
      case PERMISSION_DENIED -> Reason.DENIED;
      case NOT_FOUND -> Reason.NOT_FOUND;
      case FAILED_PRECONDITION -> Reason.NOT_POSSIBLE_NOW;
      case ABORTED, ALREADY_EXISTS -> Reason.CONFLICT;
      case UNIMPLEMENTED -> Reason.UNSUPPORTED;
      case RESOURCE_EXHAUSTED -> Reason.LIMIT_EXCEEDED;
      case UNAVAILABLE -> Reason.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Reason.DEADLINE_EXCEEDED;
      case CANCELLED -> Reason.CANCELLED;
      case OK, UNKNOWN, DATA_LOSS, INTERNAL -> Reason.INTERNAL;
    };
  }

  private static <M extends com.google.protobuf.Message> @Nullable M unpack(
      com.google.protobuf.Any any, Class<M> type) {
    try {
      return any.is(type) ? any.unpack(type) : null;
    } catch (InvalidProtocolBufferException malformed) {
      return null;
    }
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable at = failure;
    while ((at instanceof CompletionException || at instanceof ExecutionException)
        && at.getCause() != null) {
      at = at.getCause();
    }
    return at;
  }
}
