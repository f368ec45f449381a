package dev.latchkey.client;

import dev.latchkey.client.LatchkeyException.Reason;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC channel to one of the agent's Unix sockets, with the one event loop thread that serves it.
 *
 * <p>For programs that bring generated stubs of their own, such as an operator's; an application
 * uses {@link LatchkeyClient}. Connects at the first call and again after every break. All its
 * threads are daemons.
 */
public final class AgentChannel implements AutoCloseable {

  private static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;
  private static final long CLOSE_SECONDS = 2;

  private final ManagedChannel channel;
  private final EventLoopGroup eventLoop;

  private AgentChannel(ManagedChannel channel, EventLoopGroup eventLoop) {
    this.channel = channel;
    this.eventLoop = eventLoop;
  }

  /**
   * A channel to {@code socket}, which need not exist yet. Callbacks run on {@code executor}, which
   * the caller owns. Where {@link AgentSocket} could only guess the directory, each attempt to
   * connect looks at its owner first, and calls fail as for an agent that is not there.
   *
   * @throws LatchkeyException {@code UNSUPPORTED_PLATFORM} where gRPC has no Unix domain sockets:
   *     it has them on Linux on x86_64 and aarch64
   */
  public static AgentChannel open(Path socket, Executor executor) {
    return open(socket, executor, AgentSocket.doubtful(System.getenv(), socket));
  }

  /** A channel that connects only while {@code doubtful} is this user's alone. */
  static AgentChannel open(Path socket, Executor executor, Optional<Path> doubtful) {
    requireEpoll();
    QuietFrameLog.install();
    EventLoopGroup eventLoop =
        new MultiThreadIoEventLoopGroup(
            1, DaemonThreads.named("latchkey-io"), EpollIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .eventLoopGroup(eventLoop)
            .channelFactory(() -> connection(doubtful))
            // gRPC asks for TCP keep-alive, which a domain socket does not know and warns of.
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .overrideAuthority("localhost")
            .usePlaintext()
            .maxInboundMessageSize(MAX_ANSWER_BYTES)
            .executor(executor)
            .offloadExecutor(executor)
            .build();
    return new AgentChannel(channel, eventLoop);
  }

  /** Made for each attempt to connect, so that nothing changes between the look and the use. */
  private static EpollDomainSocketChannel connection(Optional<Path> doubtful) {
    try {
      if (doubtful.isPresent()) {
        AgentSocket.requireOwn(doubtful.get());
      }
      return new EpollDomainSocketChannel();
    } catch (IOException e) {
      throw Status.UNAVAILABLE.withDescription(String.valueOf(e.getMessage())).asRuntimeException();
    }
  }

  /** The channel, usable until {@link #close}. */
  public ManagedChannel channel() {
    return channel;
  }

  /**
   * Cancels what is under way and ends the thread; returns after at most four seconds. Idempotent.
   */
  @Override
  public void close() {
    channel.shutdownNow();
    boolean interrupted = false;
    try {
      channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    eventLoop
        .shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void requireEpoll() {
    if (!Epoll.isAvailable()) {
      throw new LatchkeyException(
          Reason.UNSUPPORTED_PLATFORM,
          "Unix domain sockets need Linux on x86_64 or aarch64 with glibc; this is "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch"),
          null,
          Epoll.unavailabilityCause());
    }
  }
}
