package dev.latchkey.cli.socket;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import io.grpc.Channel;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * One channel over one Unix socket, made to start fast.
 *
 * <p>Closing it ends its event loop thread before it returns: a virtual machine that exits while a
 * thread sits in a native call waits up to 300 ms for it.
 */
public final class AgentConnection implements AutoCloseable {
  private static final int LARGEST_ANSWER = 64 << 20;

  private final Path socket;
  private final EventLoopGroup loop;
  private final ManagedChannel channel;

  private AgentConnection(Path socket, EventLoopGroup loop, ManagedChannel channel) {
    this.socket = socket;
    this.loop = loop;
    this.channel = channel;
  }

  /**
   * Opens a channel; nothing is sent before the first call.
   *
   * @throws CommandFailure when there is no socket at that path
   */
  public static AgentConnection open(Path socket) {
    if (!Files.exists(socket)) {
      throw absent(socket);
    }
    QuietLogging.install();
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(1, AgentConnection::thread, NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                UnixDomainSocketAddress.of(socket), InsecureChannelCredentials.create())
            .channelFactory(NioDomainSocketChannel::new)
            .eventLoopGroup(loop)
            .directExecutor()
            .disableRetry()
            .overrideAuthority("localhost")
            .maxInboundMessageSize(LARGEST_ANSWER)
            .build();
    return new AgentConnection(socket, loop, channel);
  }

  /** What calls are made on. */
  public Channel channel() {
    return channel;
  }

  /** The socket's path. */
  public Path socket() {
    return socket;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }

  private static Thread thread(Runnable work) {
    return Thread.ofPlatform().name("latchkey-socket").daemon().unstarted(work);
  }

  /** Why there is nothing to connect to. */
  static CommandFailure absent(Path socket) {
    Path directory = socket.toAbsolutePath().getParent();
    if (directory != null && Files.exists(directory) && !Files.isExecutable(directory)) {
      // A starting agent opens it a moment after it makes it.
      return new CommandFailure(
              ExitCode.DENIED,
              "this user may not look into " + directory,
              "Ask to be put into the group that owns it.")
          .passing();
    }
    return new CommandFailure(
        ExitCode.UNAVAILABLE,
        "no agent: there is no socket at " + socket,
        "Start one with: latchkey agent, or for a trial: latchkey agent --dev. Or name its socket"
            + " with --socket or --operator-socket.");
  }
}
