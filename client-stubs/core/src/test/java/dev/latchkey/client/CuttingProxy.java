package dev.latchkey.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Passes bytes between clients and a server, over Unix or TCP sockets, and cuts each connection
 * after so many bytes.
 *
 * <p>The cut falls wherever it falls: inside a frame, inside a header, before the first byte. The
 * limit counts the bytes from the server to the client. Works on platform threads, two for each
 * connection, all of which end with {@link #close}. Safe for any thread.
 */
final class CuttingProxy implements AutoCloseable {

  private final ServerSocketChannel listener;
  private final SocketAddress upstream;
  private final LongSupplier limits;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean closed;

  /**
   * {@code limits} is asked at each connection for how many bytes the server may send on it;
   * negative for all.
   */
  CuttingProxy(SocketAddress at, SocketAddress upstream, LongSupplier limits) throws IOException {
    this.upstream = upstream;
    this.limits = limits;
    listener = open(at);
    Thread thread = new Thread(this::acceptAll, "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where the proxy listens; tells the port that was found for port 0. */
  SocketAddress address() throws IOException {
    return listener.getLocalAddress();
  }

  /** How many connections were accepted. */
  int connections() {
    return connections.get();
  }

  /** How many connections were cut by their limit. */
  int cuts() {
    return cuts.get();
  }

  /** Cuts what is open now. */
  void cutAll() {
    open.forEach(CuttingProxy::closeQuietly);
    open.clear();
  }

  @Override
  public void close() {
    closed = true;
    closeQuietly(listener);
    cutAll();
  }

  private static ServerSocketChannel open(SocketAddress at) throws IOException {
    ServerSocketChannel channel =
        at instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open();
    channel.bind(at);
    return channel;
  }

  private void acceptAll() {
    while (!closed) {
      try {
        pair(listener.accept());
      } catch (IOException ended) {
        // Either the proxy is closed or the server is away; the client sees a broken connection.
      }
    }
  }

  private void pair(SocketChannel client) throws IOException {
    connections.incrementAndGet();
    open.add(client);
    SocketChannel server;
    try {
      server = SocketChannel.open(upstream);
    } catch (IOException e) {
      end(client);
      throw e;
    }
    open.add(server);
    AtomicLong unlimited = new AtomicLong(Long.MAX_VALUE);
    long limit = limits.getAsLong();
    AtomicLong left = limit < 0 ? unlimited : new AtomicLong(limit);
    pump(client, server, new AtomicLong(Long.MAX_VALUE));
    pump(server, client, left);
  }

  private void pump(SocketChannel from, SocketChannel to, AtomicLong left) {
    Thread thread =
        new Thread(
            () -> {
              try {
                copy(from, to, left);
              } catch (IOException ended) {
                // One side is gone; so is the pair.
              } finally {
                end(from);
                end(to);
              }
            },
            "cutting-proxy-pump");
    thread.setDaemon(true);
    thread.start();
  }

  private void copy(SocketChannel from, SocketChannel to, AtomicLong left) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (from.read(buffer) >= 0) {
      buffer.flip();
      boolean last = buffer.remaining() >= left.get();
      if (last) {
        buffer.limit(buffer.position() + (int) left.get());
      }
      left.addAndGet(-buffer.remaining());
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
      if (last) {
        cuts.incrementAndGet();
        return;
      }
      buffer.clear();
    }
  }

  private void end(SocketChannel channel) {
    open.remove(channel);
    closeQuietly(channel);
  }

  private static void closeQuietly(Closeable channel) {
    try {
      channel.close();
    } catch (IOException alreadyGone) {
      // That is what was wanted.
    }
  }
}
