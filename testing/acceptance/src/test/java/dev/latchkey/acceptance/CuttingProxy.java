package dev.latchkey.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A Unix socket in front of the agent's that breaks each connection after a random number of bytes,
 * in the midst of whatever frame they belong to. Same user as the agent, so the agent sees no
 * difference in who asks.
 */
final class CuttingProxy implements AutoCloseable {

  private static final int LEAST_DOWN = 120;
  private static final int MOST_DOWN = 1400;
  private static final int LEAST_UP = 150;
  private static final int MOST_UP = 900;

  private final Path socket;
  private final Path agent;
  private final SplittableRandom random;
  private final ServerSocketChannel server;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong cuts = new AtomicLong();
  private volatile boolean cutting = true;
  private volatile boolean closed;

  private CuttingProxy(Path socket, Path agent, long seed) throws IOException {
    this.socket = socket;
    this.agent = agent;
    this.random = new SplittableRandom(seed);
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
  }

  /** Starts to listen at {@code socket}. */
  static CuttingProxy start(Path socket, Path agent, long seed) throws IOException {
    CuttingProxy proxy = new CuttingProxy(socket, agent, seed);
    Thread.ofVirtual().start(proxy::acceptAll);
    return proxy;
  }

  Path socket() {
    return socket;
  }

  /** How many connections were broken so far. */
  long cuts() {
    return cuts.get();
  }

  /** Breaks no connection any more that is made from now on, and those that are open at once. */
  void stopCutting() {
    cutting = false;
    open.forEach(CuttingProxy::shut);
  }

  private void acceptAll() {
    while (!closed) {
      try {
        SocketChannel client = server.accept();
        open.add(client);
        int down = random.nextInt(LEAST_DOWN, MOST_DOWN);
        int up = random.nextInt(LEAST_UP, MOST_UP);
        Thread.ofVirtual().start(() -> join(client, down, up));
      } catch (IOException end) {
        if (!closed) {
          throw new UncheckedIOException(end);
        }
      }
    }
  }

  private void join(SocketChannel client, int down, int up) {
    try (client;
        SocketChannel upstream = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      upstream.connect(UnixDomainSocketAddress.of(agent));
      Thread other = Thread.ofVirtual().start(() -> pump(client, upstream, up));
      pump(upstream, client, down);
      other.join();
    } catch (IOException noAgent) {
      // The agent is being started again; the client sees a connection that ends at once.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private void pump(SocketChannel from, SocketChannel to, int budget) {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    long left = budget;
    try {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        boolean cut = cutting && buffer.remaining() >= left;
        if (cut) {
          buffer.limit((int) left);
        }
        left -= buffer.remaining();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        if (cut) {
          cuts.incrementAndGet();
          break;
        }
      }
    } catch (IOException broken) {
      // The other direction was cut, or one of the two ended.
    } finally {
      shut(from);
      shut(to);
    }
  }

  private static void shut(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException alreadyGone) {
      // Closing is all that was wanted.
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    open.forEach(CuttingProxy::shut);
  }
}
