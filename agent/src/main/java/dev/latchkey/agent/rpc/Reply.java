package dev.latchkey.agent.rpc;

import io.grpc.Deadline;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/** The answering side of one call with one answer or one refusal. */
final class Reply<A> extends Answering<A> {

  private final @Nullable Deadline deadline;

  Reply(
      ServerCall<?, A> call,
      Connection.Attested connection,
      CallTelemetry.Measured measured,
      Refusals refusals,
      @Nullable Deadline deadline) {
    super(call, connection, measured, refusals);
    this.deadline = deadline;
  }

  /** The call's deadline; null when the caller set none. */
  @Nullable Deadline deadline() {
    return deadline;
  }

  /** Answers, and ends the call. */
  void answer(A answer) {
    finish(answer);
  }
}
