package dev.latchkey.agent.rpc;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads that read and write sockets; shared by the servers of one agent, and owned by whoever
 * made it.
 */
final class EventLoops implements AutoCloseable {

  /** How the threads' names begin, for those who must tell them apart. */
  static final String THREAD_NAME = "latchkey-loop";

  private final EventLoopGroup group;

  private EventLoops(EventLoopGroup group) {
    this.group = group;
  }

  /** Starts up to {@code count} threads, each when it is first needed. */
  static EventLoops of(int count) {
    QuietNetty.install();
    return new EventLoops(
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory(THREAD_NAME, true), EpollIoHandler.newFactory()));
  }

  EventLoopGroup group() {
    return group;
  }

  /** Ends the threads and waits for them, at most two seconds. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
