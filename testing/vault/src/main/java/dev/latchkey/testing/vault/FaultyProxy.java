package dev.latchkey.testing.vault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Stands before a server, and puts faults where answers should be. Counts connections and requests,
 * those that it did not pass on included. Speaks HTTP/1.1 in clear.
 */
public final class FaultyProxy implements AutoCloseable {

  /** What becomes of a request. */
  private interface Fault {
    void answer(String head, byte[] body, OutputStream client) throws Exception;
  }

  /** The client's connection is to be ended. */
  private static final class Ended extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final URI upstream;
  private final int port;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket listener;
  private volatile Thread acceptor;
  private volatile CountDownLatch healed = new CountDownLatch(1);
  private final Fault passing = this::pass;
  private volatile Fault fault = passing;
  private volatile Predicate<String> faulty = head -> true;

  public FaultyProxy(URI upstream) {
    this.upstream = upstream;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
    this.acceptor = accept(listener);
  }

  /** Where clients find it. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** How many requests came. */
  public int requests() {
    return requests.size();
  }

  /** The first lines of the requests that came, in order. */
  public List<String> requestLines() {
    return requests.stream().map(head -> head.lines().findFirst().orElse("")).toList();
  }

  /** How many connections were made. */
  public int connections() {
    return connections.get();
  }

  /** The requests that came, in order, without their bodies. */
  public List<String> heads() {
    return List.copyOf(requests);
  }

  /** Faults come only to requests whose first line has {@code part} in it, until it is healed. */
  public FaultyProxy only(String part) {
    faulty = head -> head.lines().findFirst().orElse("").contains(part);
    return this;
  }

  /** Passes requests and answers on. */
  public void heal() {
    fault = passing;
    faulty = head -> true;
    healed.countDown();
    healed = new CountDownLatch(1);
    if (listener.isClosed()) {
      listener = listen(port);
      acceptor = accept(listener);
    }
  }

  /** Lets nobody connect, and ends the connections there are. */
  public void refuse() {
    close(listener);
    try {
      // The kernel goes on to take connections until the thread that waits for them has let go.
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    open.forEach(FaultyProxy::close);
  }

  /** Takes requests and does not answer until it is healed or closed. */
  public void hang() {
    fault = (head, body, client) -> healed.await();
  }

  /** Has requests carried out and keeps the answers to itself until it is healed or closed. */
  public void withhold() {
    fault =
        (head, body, client) -> {
          CountDownLatch until = healed;
          Wire.exchange(upstream, head, body);
          until.await();
          throw new Ended();
        };
  }

  /** Passes answers on after {@code change} was made to their bodies. */
  public void alter(UnaryOperator<String> change) {
    fault =
        (head, body, client) -> {
          String[] answer =
              new String(Wire.exchange(upstream, head, body), StandardCharsets.UTF_8)
                  .split("\r\n\r\n", 2);
          byte[] altered = change.apply(answer[1]).getBytes(StandardCharsets.UTF_8);
          String length = "\r\nContent-Length: " + altered.length + "\r\n\r\n";
          String rest = answer[0].replaceFirst("(?i)\r\nContent-Length:[^\r]*", "");
          client.write((rest + length).getBytes(StandardCharsets.UTF_8));
          client.write(altered);
        };
  }

  /** Ends the connection in the midst of each answer. */
  public void cut() {
    fault =
        (head, body, client) -> {
          byte[] answer = Wire.exchange(upstream, head, body);
          client.write(answer, 0, answer.length - 10);
          throw new Ended();
        };
  }

  /** Ends the connection in place of each answer. */
  public void drop() {
    fault =
        (head, body, client) -> {
          throw new Ended();
        };
  }

  /** Answers a byte at a time. */
  public void slow(Duration pace) {
    fault =
        (head, body, client) -> {
          CountDownLatch until = healed;
          for (byte one : Wire.exchange(upstream, head, body)) {
            client.write(one);
            client.flush();
            if (until.await(pace.toMillis(), TimeUnit.MILLISECONDS)) {
              throw new Ended();
            }
          }
        };
  }

  /** Answers what is not HTTP. */
  public void garbage() {
    fault =
        (head, body, client) -> {
          client.write("\u0000\u0007no such protocol\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          throw new Ended();
        };
  }

  /** Answers by itself; {@code headers} are whole lines. */
  public void answer(int status, String json, String... headers) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    String lines = String.join("", List.of(headers).stream().map(line -> line + "\r\n").toList());
    String start = "HTTP/1.1 " + status + " Because\r\nContent-Length: " + bytes.length + "\r\n";
    fault =
        (head, body, client) -> {
          client.write((start + lines + "\r\n").getBytes(StandardCharsets.UTF_8));
          client.write(bytes);
        };
  }

  private ServerSocket listen(int wanted) {
    try {
      return new ServerSocket(wanted, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Thread accept(ServerSocket on) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (true) {
                  Socket client = on.accept();
                  connections.incrementAndGet();
                  open.add(client);
                  Thread.ofVirtual().start(() -> serve(client));
                }
              } catch (IOException closed) {
                close(on);
              }
            });
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      for (String head = Wire.head(in); !head.isEmpty(); head = Wire.head(in)) {
        byte[] body = in.readNBytes(Wire.length(head));
        requests.add(head);
        Fault now = faulty.test(head) ? fault : passing;
        now.answer(head, body, client.getOutputStream());
        client.getOutputStream().flush();
        if (head.toLowerCase(Locale.ROOT).contains("\r\nconnection: close")) {
          return;
        }
      }
    } catch (Exception ended) {
      close(client);
    } finally {
      open.remove(client);
    }
  }

  private void pass(String head, byte[] body, OutputStream client) throws IOException {
    client.write(Wire.exchange(upstream, head, body));
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception alreadyClosed) {
      throw new IllegalStateException(alreadyClosed);
    }
  }

  @Override
  public void close() {
    healed.countDown();
    refuse();
  }
}
