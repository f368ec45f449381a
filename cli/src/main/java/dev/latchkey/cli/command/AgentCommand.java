package dev.latchkey.cli.command;

import com.google.protobuf.Message;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Json;
import dev.latchkey.cli.output.MessageJson;
import dev.latchkey.cli.output.Terminal;
import dev.latchkey.cli.socket.AgentConnection;
import dev.latchkey.cli.socket.SocketPaths;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * A verb: its options are filled in by the parser, then {@link #run} does it. Used once, by one
 * thread; closing it closes the channel.
 */
public abstract class AgentCommand implements AutoCloseable {
  private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The agent's application socket. Default: $LATCHKEY_SOCKET, or where one is.")
  private @Nullable Path socket;

  @Option(
      names = "--operator-socket",
      paramLabel = "PATH",
      description = "The operator socket. Default: $LATCHKEY_OPERATOR_SOCKET, or where one is.")
  private @Nullable Path operatorSocket;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long to wait for the agent, such as 500ms, 10s or 5m.")
  private @Nullable Duration timeout;

  @Option(names = "--json", description = "Answer in JSON: one document, or one object a line.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and do nothing.")
  @SuppressWarnings("UnusedVariable") // read by the parser
  private boolean help;

  private @Nullable Terminal terminal;
  private @Nullable AgentConnection connection;
  private volatile @Nullable SocketPaths settled;

  /** Gives the command what it reads and writes; to be called before {@link #run}. */
  public final void attach(Terminal given) {
    terminal = given;
  }

  /** Does it. Failures leave as {@code CommandFailure} or as the status of a call. */
  public abstract ExitCode run();

  /** What the process ends with; a verb that stands for another program ends with that one's. */
  public int number(ExitCode how) {
    return how.number();
  }

  /** Says how the parser is to take the words of this verb, where that is not the usual way. */
  public void configure(CommandLine parser) {}

  /** The socket in use, or the application socket when none is open yet. */
  public final Path socketInUse() {
    AgentConnection open = connection;
    return open == null ? paths().application(socket) : open.socket();
  }

  @Override
  public final void close() {
    AgentConnection open = connection;
    if (open != null) {
      open.close();
    }
  }

  /** Closes the channel, so that the next call opens one, perhaps to another socket. */
  final void reconnect() {
    close();
    connection = null;
  }

  /** Looks from now on nowhere else for the agent than where it answered. */
  final void settle() {
    settled = paths().settle();
  }

  /** A connection of its own to the application socket, for another thread; the caller's. */
  final AgentConnection openApplication() {
    return AgentConnection.open(paths().application(socket));
  }

  /** A connection of its own to the operator socket, for another thread; the caller's. */
  final AgentConnection openOperator() {
    return AgentConnection.open(paths().operator(operatorSocket, socket));
  }

  /** The time that was allowed, or the usual one of the verb. */
  final Duration timeoutOr(Duration usual) {
    return timeout == null ? usual : timeout;
  }

  /** Whether the operator socket is there for this user, and the other one was not asked for. */
  final boolean mayOperate() {
    if (operatorSocket != null || socket != null) {
      return operatorSocket != null;
    }
    try {
      return Files.isWritable(paths().operator(null, null));
    } catch (CommandFailure none) {
      return false;
    }
  }

  final Terminal terminal() {
    Terminal given = terminal;
    if (given == null) {
      throw new IllegalStateException("not attached");
    }
    return given;
  }

  /** Whether the answer is wanted in JSON. */
  final boolean json() {
    return json;
  }

  /** The application service, every call bounded by the timeout and {@code extra}. */
  final LatchkeyGrpc.LatchkeyBlockingStub application(Duration extra) {
    return bounded(LatchkeyGrpc.newBlockingStub(open(paths().application(socket))), extra);
  }

  /** The application service, one call bounded by a time of its own. */
  final LatchkeyGrpc.LatchkeyBlockingStub applicationWithin(Duration bound) {
    return within(LatchkeyGrpc.newBlockingStub(applicationChannel()), bound);
  }

  /** A channel to the application socket, for services that are not ours. */
  final Channel applicationChannel() {
    return open(paths().application(socket));
  }

  /** The operator service, one call bounded by a time of its own. */
  final LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub operatorWithin(Duration bound) {
    return within(LatchkeyOperatorGrpc.newBlockingStub(operatorChannel()), bound);
  }

  /** The application service for a stream: bounded only when a timeout was asked for. */
  final LatchkeyGrpc.LatchkeyBlockingStub applicationStream() {
    return boundedIfAsked(LatchkeyGrpc.newBlockingStub(open(paths().application(socket))));
  }

  /** The operator service, every call bounded by the timeout. */
  final LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub operator() {
    return bounded(LatchkeyOperatorGrpc.newBlockingStub(operatorChannel()), Duration.ZERO);
  }

  /** The operator service for a stream: bounded only when a timeout was asked for. */
  final LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub operatorStream() {
    return boundedIfAsked(LatchkeyOperatorGrpc.newBlockingStub(operatorChannel()));
  }

  /** Prints one JSON object on a line of its own, at once. */
  final void printJson(Message message) {
    printJson(MessageJson.of(message));
  }

  /** Prints one JSON tree on a line of its own, at once. */
  final void printJson(Object tree) {
    terminal().out().println(Json.write(tree));
    terminal().out().flush();
  }

  private Channel operatorChannel() {
    return open(paths().operator(operatorSocket, socket));
  }

  private Channel open(Path path) {
    AgentConnection open = connection;
    if (open == null) {
      open = AgentConnection.open(path);
      connection = open;
    }
    return open.channel();
  }

  private SocketPaths paths() {
    SocketPaths known = settled;
    return known != null ? known : SocketPaths.of(terminal().environment());
  }

  private <S extends AbstractStub<S>> S bounded(S stub, Duration extra) {
    return within(stub, timeoutOr(USUAL_TIMEOUT).plus(extra));
  }

  private static <S extends AbstractStub<S>> S within(S stub, Duration bound) {
    return stub.withDeadlineAfter(bound.toMillis(), TimeUnit.MILLISECONDS);
  }

  private <S extends AbstractStub<S>> S boundedIfAsked(S stub) {
    return timeout == null ? stub : bounded(stub, Duration.ZERO);
  }
}
