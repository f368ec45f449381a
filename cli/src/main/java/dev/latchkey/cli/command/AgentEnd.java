package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.outcome.StatusFailures;
import dev.latchkey.cli.output.Characters;
import dev.latchkey.cli.socket.AgentConnection;
import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import dev.latchkey.v1.QuitRequest;
import io.grpc.StatusRuntimeException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the agent to end, once, when it is closed or when this process is ended before that: a job
 * that never began its command is over too.
 *
 * <p>Has connections of its own, for it may run beside whatever uses the command's.
 */
final class AgentEnd implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PROOF_PATIENCE = Duration.ofSeconds(5);

  private final AgentCommand command;
  private final PrintStream err;
  private final AtomicBoolean settled = new AtomicBoolean();
  private final Thread atExit = Thread.ofPlatform().name("latchkey-quit").unstarted(this::ask);

  AgentEnd(AgentCommand command) {
    this.command = command;
    this.err = command.terminal().err();
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Sees that the agent will listen, before anything is begun that it is to end with.
   *
   * @throws CommandFailure EXEC_FAILED when it does not, or does not answer this user
   */
  void prove() {
    CommandFailure failure =
        tried(
            PROOF_PATIENCE,
            operator -> {
              var _ = operator.getStatus(GetStatusRequest.getDefaultInstance());
            });
    if (failure != null) {
      settled.set(failure.exitCode() == ExitCode.DENIED);
      throw new CommandFailure(
          ExitCode.EXEC_FAILED,
          "--quit-agent: the operator socket does not answer this user: " + failure.what(),
          "It answers root and the agent's own user. Begin exec as root and let the command be"
              + " another user, or have the agent follow a process with:"
              + " agent.quit_after.pid_file");
    }
  }

  /** The command's end is what counts: a failure here is told and changes no exit code. */
  @Override
  public void close() {
    ask();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      // It has run, or finds that all is done.
    }
  }

  private void ask() {
    if (settled.getAndSet(true)) {
      return;
    }
    QuitRequest ended = QuitRequest.newBuilder().setApplicationEnded(true).build();
    CommandFailure failure =
        tried(
            PATIENCE,
            operator -> {
              var _ = operator.quit(ended);
            });
    if (failure != null) {
      String what = Characters.printable(failure.what());
      err.println("latchkey exec: the agent was not ended: " + what);
      err.flush();
    }
  }

  /** Makes a call, again while that may help; why it failed in the end. */
  private @Nullable CommandFailure tried(
      Duration limit, Consumer<LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub> call) {
    Patience patience = new Patience("exec", err, limit);
    while (true) {
      CommandFailure failure = once(patience.left(), call);
      if (failure == null || !failure.mayPass()) {
        return failure;
      }
      try {
        patience.pause("the agent's operator socket (" + failure.what() + ")");
      } catch (CommandFailure over) {
        return failure;
      }
    }
  }

  private @Nullable CommandFailure once(
      Duration bound, Consumer<LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub> call) {
    try (AgentConnection connection = command.openOperator()) {
      try {
        call.accept(
            LatchkeyOperatorGrpc.newBlockingStub(connection.channel())
                .withDeadlineAfter(bound.toMillis(), TimeUnit.MILLISECONDS));
        return null;
      } catch (StatusRuntimeException e) {
        return StatusFailures.of(e.getStatus(), connection.socket());
      }
    } catch (CommandFailure e) {
      return e;
    }
  }
}
