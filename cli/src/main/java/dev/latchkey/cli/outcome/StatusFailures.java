package dev.latchkey.cli.outcome;

import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Turns the status of a call into a failure that an operator can act on. The agent's own sentence
 * is kept where it wrote one; the client library's are replaced.
 */
public final class StatusFailures {
  private StatusFailures() {}

  /** The failure that a status stands for, on a call over the given socket. */
  public static CommandFailure of(Status status, Path socket) {
    Throwable cause = status.getCause();
    if (cause != null && isAway(status.getCode(), cause)) {
      return unreachable(cause, socket);
    }
    CommandFailure failure =
        new CommandFailure(exitCode(status.getCode()), sentence(status), advice(status.getCode()));
    return status.getCode() == Status.Code.ABORTED ? failure.passing() : failure;
  }

  /**
   * Whether nobody answers there. gRPC calls it unknown when the connection ends just as a call is
   * to be written to it.
   */
  private static boolean isAway(Status.Code code, Throwable cause) {
    return code == Status.Code.UNAVAILABLE
        || (code == Status.Code.UNKNOWN && cause instanceof ClosedChannelException);
  }

  /** The exit code that a status code stands for. */
  public static ExitCode exitCode(Status.Code code) {
    return switch (code) {
      case OK -> ExitCode.OK;
      case INVALID_ARGUMENT, OUT_OF_RANGE -> ExitCode.USAGE;
      case UNAUTHENTICATED, PERMISSION_DENIED -> ExitCode.DENIED;
      case NOT_FOUND -> ExitCode.NOT_FOUND;
      case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED -> ExitCode.UNAVAILABLE;
      case ABORTED, ALREADY_EXISTS -> ExitCode.CONFLICT;
      case FAILED_PRECONDITION, UNIMPLEMENTED -> ExitCode.NOT_NOW;
      case CANCELLED, UNKNOWN, INTERNAL, DATA_LOSS -> ExitCode.FAILED;
    };
  }

  private static String sentence(Status status) {
    String said = status.getDescription();
    return switch (status.getCode()) {
      case DEADLINE_EXCEEDED -> "the agent did not answer in time";
      case UNAUTHENTICATED -> "the agent does not know this caller" + said(said);
      case PERMISSION_DENIED -> "denied by the agent's policy" + said(said);
      default -> said == null || said.isBlank() ? plain(status.getCode()) : said;
    };
  }

  private static String said(@Nullable String description) {
    return description == null || description.isBlank() ? "" : ": " + description;
  }

  private static String plain(Status.Code code) {
    return exitCode(code).meaning() + " (" + code + ")";
  }

  private static String advice(Status.Code code) {
    return switch (code) {
      case DEADLINE_EXCEEDED -> "Try again, or allow more time with --timeout.";
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          "The agent answers the same for names that do not exist. An operator sees the rules that"
              + " match with: latchkey explain NAME";
      case ABORTED, ALREADY_EXISTS ->
          "Somebody else wrote in between: read again, then repeat with the version you saw.";
      case UNAVAILABLE -> "See what is wrong with: latchkey status";
      case RESOURCE_EXHAUSTED -> "Wait a moment and try again.";
      case INTERNAL, UNKNOWN, DATA_LOSS ->
          "The agent's log holds the cause under the correlation id.";
      case UNIMPLEMENTED -> "The backend, or this version of the agent, does not offer it.";
      // The agent's own sentence says what is missing or wrong.
      case NOT_FOUND, INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> "";
      case OK, CANCELLED -> "";
    };
  }

  private static CommandFailure unreachable(Throwable cause, Path socket) {
    String why = String.valueOf(cause.getMessage());
    if (why.contains("Permission denied")) {
      // A starting agent opens its directory, then its socket.
      return new CommandFailure(
              ExitCode.DENIED,
              "this user may not reach the socket " + socket,
              "Ask to be put into the group that owns its directory.")
          .passing();
    }
    if (why.contains("too long")) {
      return CommandFailure.usage(
          "the path of the socket is longer than the system allows: " + socket,
          "Name a shorter one with --socket or LATCHKEY_SOCKET.");
    }
    return new CommandFailure(
        ExitCode.UNAVAILABLE,
        "no agent answers at " + socket,
        "It may have ended. Start it with: latchkey agent");
  }
}
