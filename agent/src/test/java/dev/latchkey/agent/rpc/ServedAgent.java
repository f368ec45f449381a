package dev.latchkey.agent.rpc;

import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.attest.process.ApplicationAttestor;
import dev.latchkey.agent.attest.process.OperatorAttestor;
import dev.latchkey.agent.attest.process.OwnUser;
import dev.latchkey.agent.backup.StateBackup;
import dev.latchkey.agent.caller.Attestor;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.SystemTimers;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.watch.SlottedWatches;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Both servers on real sockets over fakes, with clients for them. Closed after each test. */
final class ServedAgent implements AutoCloseable {

  final LoopGuard guard = new LoopGuard();
  final FakeCurrent current = new FakeCurrent(guard);
  final FakeSupply supply = new FakeSupply(guard, current);
  final FakeHolders holders = new FakeHolders(guard);
  final FakeAudit audit = new FakeAudit(guard);
  final FakeCatalog catalog = new FakeCatalog();
  final FakeKeyrings keyrings = new FakeKeyrings(guard);
  final FakeReadiness readiness = new FakeReadiness();
  final FakeRotations rotations = new FakeRotations(guard);
  volatile Policy policy = new FakePolicy(true);
  final List<String> endings = new CopyOnWriteArrayList<>();
  volatile StateBackup backup = file -> 42;

  final Path socket;
  final Path operatorSocket;
  private final EventLoops clientLoops = EventLoops.of(1);
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
  private final SystemTimers timers = new SystemTimers(virtual);
  final SlottedWatches watches;
  final RpcServers servers;

  ServedAgent(Path directory) {
    this(directory, new ApplicationAttestor(OwnUser.uid(), true, false), OpenTelemetry.noop());
  }

  ServedAgent(Path directory, Attestor attestor, OpenTelemetry telemetry) {
    this(directory, attestor, new OperatorAttestor(OwnUser.uid()), telemetry);
  }

  ServedAgent(Path directory, Attestor attestor, Attestor operators, OpenTelemetry telemetry) {
    socket = directory.resolve("run/agent.sock");
    operatorSocket = directory.resolve("run/operator/operator.sock");
    TimeSource time = TimeSource.system();
    RandomGenerator random = RandomGenerator.getDefault();
    watches =
        new SlottedWatches(
            current, holders, () -> policy, this::isRotated, time, timers, random, virtual);
    servers =
        new RpcServers(
            new RpcServers.Settings(
                socket,
                operatorSocket,
                Optional.empty(),
                65_536,
                Duration.ofSeconds(30),
                1,
                "1.2.3"),
            new Capabilities(
                catalog,
                () -> policy,
                current,
                supply,
                new NoLeases(),
                holders,
                watches,
                keyrings,
                rotations,
                audit,
                file -> backup.backup(file),
                readiness,
                (why, applicationEnded) -> endings.add(why + " " + applicationEnded)),
            new Surroundings(time, timers, virtual, random, telemetry),
            attestor,
            operators,
            virtual);
    watches.start();
    servers.start(true);
  }

  private boolean isRotated(SecretName name) {
    return catalog.find(name).flatMap(Declaration::rotation).isPresent();
  }

  ManagedChannel channel(Path to) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(to.toFile()))
            .channelType(EpollDomainSocketChannel.class)
            .eventLoopGroup(clientLoops.group())
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .usePlaintext()
            .build();
    channels.add(channel);
    return channel;
  }

  LatchkeyGrpc.LatchkeyBlockingStub client() {
    return LatchkeyGrpc.newBlockingStub(channel(socket));
  }

  LatchkeyGrpc.LatchkeyStub asyncClient() {
    return LatchkeyGrpc.newStub(channel(socket));
  }

  LatchkeyOperatorGrpc.LatchkeyOperatorBlockingStub operator() {
    return LatchkeyOperatorGrpc.newBlockingStub(channel(operatorSocket));
  }

  @Override
  public void close() throws InterruptedException {
    for (ManagedChannel channel : channels) {
      channel.shutdownNow();
      channel.awaitTermination(2, TimeUnit.SECONDS);
    }
    servers.close();
    watches.close();
    timers.close();
    virtual.shutdownNow();
    clientLoops.close();
  }
}
