package dev.latchkey.agent.rpc;

import dev.latchkey.agent.caller.Attestor;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One gRPC server on one Unix socket. Started once, drained once; safe for use by several threads.
 */
final class SocketServer {

  private final SocketPath path;
  private final Server server;

  private SocketServer(SocketPath path, Server server) {
    this.path = path;
    this.server = server;
  }

  /**
   * Builds the server without binding it.
   *
   * @param executor where calls are handled; one that runs directly answers on the event loop
   */
  static SocketServer build(
      SocketPath path,
      Limits limits,
      Attestor attestor,
      EventLoops loops,
      Executor executor,
      List<ServerServiceDefinition> services) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new DomainSocketAddress(path.socket().toFile()),
                InternalNettyServerCredentials.create(new PeerNegotiator(attestor)))
            .channelType(EpollServerDomainSocketChannel.class)
            // gRPC sets it on every connection, and Netty warns that a Unix socket has none.
            .withChildOption(ChannelOption.SO_KEEPALIVE, null)
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .executor(executor)
            .maxInboundMessageSize(limits.messageBytes())
            .maxInboundMetadataSize(limits.headerBytes())
            .maxConcurrentCallsPerConnection(limits.callsPerConnection())
            .keepAliveTime(limits.keepAlive().toSeconds(), TimeUnit.SECONDS)
            .keepAliveTimeout(20, TimeUnit.SECONDS)
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    services.forEach(builder::addService);
    return new SocketServer(path, builder.build());
  }

  /**
   * Closes the directory, removes a stale socket, binds, and opens the socket to those meant.
   *
   * @param stateLockHeld whether this process holds the state directory's lock, and may remove a
   *     stale socket
   */
  void start(boolean stateLockHeld) {
    try {
      path.prepare(stateLockHeld);
      server.start();
      path.open();
    } catch (IOException failed) {
      throw SecretException.of(
          Reason.UNAVAILABLE,
          "cannot listen on " + path.socket() + "; see that its directory exists and is writable",
          failed);
    }
  }

  /** Takes no new connection and no new call from now on; calls under way go on. */
  void refuseNew() {
    server.shutdown();
  }

  /** Waits for the calls under way, then ends those that are left. */
  void drain(Duration bound) {
    server.shutdown();
    try {
      if (server.awaitTermination(bound.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    server.shutdownNow();
  }

  /**
   * What one caller may ask for.
   *
   * @param messageBytes the largest request
   * @param headerBytes the largest set of request headers
   * @param callsPerConnection calls and streams under way on one connection
   * @param keepAlive after so long without traffic the peer is asked whether it lives
   */
  record Limits(int messageBytes, int headerBytes, int callsPerConnection, Duration keepAlive) {

    /** The usual limits around {@code messageBytes}. */
    static Limits of(int messageBytes) {
      return new Limits(messageBytes, 8192, 2048, Duration.ofMinutes(5));
    }
  }
}
