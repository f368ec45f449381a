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

  private static final long QUIET_MILLIS = 50;
  private static final long CLOSE_MILLIS = 1000;

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

  /**
   * Ends the threads and waits for them, at most two seconds. They run on for a moment, since what
   * closed last still has listeners to tell.
   */
  @Override
  public void close() {
    group
        .shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(2 * CLOSE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
