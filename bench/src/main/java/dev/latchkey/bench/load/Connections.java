package dev.latchkey.bench.load;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Connections to one Unix socket, all on one event loop, whose callbacks run on that loop. */
public final class Connections implements AutoCloseable {

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<ManagedChannel> channels;

  /** Prepares {@code count} connections; each is made by its first call. */
  public Connections(Path socket, int count) {
    channels = IntStream.range(0, count).mapToObj(number -> channel(socket)).toList();
  }

  private ManagedChannel channel(Path socket) {
    return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
        .channelType(EpollDomainSocketChannel.class)
        // gRPC asks for TCP keep-alive, which a domain socket does not know and warns of.
        .withOption(ChannelOption.SO_KEEPALIVE, null)
        .eventLoopGroup(loop)
        .directExecutor()
        .usePlaintext()
        .overrideAuthority("localhost")
        .build();
  }

  public List<ManagedChannel> channels() {
    return channels;
  }

  public ManagedChannel first() {
    return channels.getFirst();
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
