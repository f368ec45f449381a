package dev.latchkey.agent.rpc;

import dev.latchkey.agent.caller.Attestor;
import dev.latchkey.agent.readiness.Readiness;
import dev.latchkey.agent.rotation.Rotations;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The application's and the operator's server: built, started, drained and closed together.
 *
 * <p>The application's calls run directly on the event loop; the operator's run on an executor of
 * their own and may block. {@link #start} binds both sockets; {@link #close} refuses new calls,
 * ends what would last (watches, followers, and whoever waits for a first value or a rotation) so
 * that the callers come again, lets the calls under way finish within the drain time, and returns.
 */
public final class RpcServers implements AutoCloseable {

  private final Settings settings;
  private final Readiness readiness;
  private final HealthStatusManager health = new HealthStatusManager();
  private final HealthStatusManager operatorHealth = new HealthStatusManager();
  private final EventLoops loops;
  private final Rotations rotations;
  private final TimeSource time;
  private final StandardStreams standardStreams;
  private final ApplicationService application;
  private final OperatorService operator;
  private final SocketServer applicationServer;
  private final SocketServer operatorServer;
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable AutoCloseable readinessTurns;

  /**
   * Builds both servers; nothing is bound yet.
   *
   * @param operatorExecutor where the operator's calls run; its tasks block
   */
  public RpcServers(
      Settings settings,
      Capabilities capabilities,
      Surroundings surroundings,
      Attestor applicationAttestor,
      Attestor operatorAttestor,
      Executor operatorExecutor) {
    this.settings = settings;
    this.readiness = capabilities.readiness();
    this.loops = EventLoops.of(settings.loops());
    Refusals refusals = new Refusals(surroundings.random());
    this.rotations = capabilities.rotations();
    this.time = surroundings.time();
    this.standardStreams = new StandardStreams(refusals);
    Gate gate = new Gate(capabilities, time);
    Calls calls = new Calls(gate, new CallTelemetry(surroundings.telemetry(), time), refusals);
    this.application = new ApplicationService(capabilities, gate, calls, refusals, surroundings);
    this.operator =
        new OperatorService(
            capabilities, gate, calls, time, operatorExecutor, settings.agentVersion());
    SocketServer.Limits limits = SocketServer.Limits.of(settings.maxMessageBytes());
    this.applicationServer =
        SocketServer.build(
            SocketPath.application(settings.socket(), settings.socketGroup()),
            limits,
            applicationAttestor,
            loops,
            Runnable::run,
            services(application.bind(), health));
    this.operatorServer =
        SocketServer.build(
            SocketPath.operator(settings.operatorSocket()),
            limits,
            operatorAttestor,
            loops,
            operatorExecutor,
            services(operator.bind(), operatorHealth));
  }

  /** Ours, and gRPC's own. */
  private List<ServerServiceDefinition> services(
      ServerServiceDefinition ours, HealthStatusManager health) {
    return List.of(
        ours,
        ServerInterceptors.intercept(health.getHealthService(), standardStreams),
        ServerInterceptors.intercept(ProtoReflectionServiceV1.newInstance(), standardStreams));
  }

  /**
   * Binds both sockets and follows the readiness with the health service.
   *
   * @param stateLockHeld whether this process holds the lock of the state directory, so that a
   *     socket found there is known to be stale
   */
  public void start(boolean stateLockHeld) {
    operatorHealth.setStatus(LatchkeyOperatorGrpc.SERVICE_NAME, ServingStatus.SERVING);
    readinessTurns = readiness.onTurn(this::turned);
    turned(readiness.report());
    try {
      applicationServer.start(stateLockHeld);
      operatorServer.start(stateLockHeld);
    } catch (RuntimeException failed) {
      close();
      throw failed;
    }
  }

  private void turned(Readiness.Report report) {
    ServingStatus status = report.ready() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(LatchkeyGrpc.SERVICE_NAME, status);
    operatorHealth.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
  }

  /** Drains and closes, once. Blocks for at most the drain time, for both, and a little. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    stopFollowing();
    health.enterTerminalState();
    operatorHealth.enterTerminalState();
    applicationServer.refuseNew();
    operatorServer.refuseNew();
    standardStreams.stop();
    application.stop();
    operator.stop();
    rotations.stopWaiting();
    long end = time.nanoTime() + settings.drain().toNanos();
    applicationServer.drain(Duration.ofNanos(end - time.nanoTime()));
    operatorServer.drain(Duration.ofNanos(end - time.nanoTime()));
    loops.close();
  }

  private void stopFollowing() {
    AutoCloseable turns = readinessTurns;
    readinessTurns = null;
    if (turns == null) {
      return;
    }
    try {
      turns.close();
    } catch (Exception failed) {
      throw SecretException.of(Reason.INTERNAL, "a listener could not be taken back", failed);
    }
  }

  /**
   * How the servers are set up.
   *
   * @param socketGroup the group that may reach the application socket; empty for the agent's own
   *     user alone
   * @param drain for how long calls under way may finish when the agent stops
   * @param loops how many threads read and write the sockets
   */
  public record Settings(
      Path socket,
      Path operatorSocket,
      Optional<String> socketGroup,
      int maxMessageBytes,
      Duration drain,
      int loops,
      String agentVersion) {}
}
