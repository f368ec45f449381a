package dev.latchkey.testing.vault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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

  private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

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

  /** Ends the connection in the midst of each answer. */
  public void cut() {
    fault =
        (head, body, client) -> {
          byte[] answer = exchange(head, body);
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
          for (byte one : exchange(head, body)) {
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
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        byte[] body = in.readNBytes(length(head));
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
    client.write(exchange(head, body));
  }

  /** The server's whole answer, made fit for a connection that goes on. */
  private byte[] exchange(String head, byte[] body) throws IOException {
    try (Socket server = new Socket()) {
      server.connect(new InetSocketAddress(upstream.getHost(), upstream.getPort()));
      String once = head.replaceFirst("(?i)\r\nConnection:[^\r]*", "");
      OutputStream out = server.getOutputStream();
      out.write((once.strip() + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      out.write(body);
      out.flush();
      InputStream in = server.getInputStream();
      String answer = head(in).replaceFirst("(?i)\r\nConnection: close", "");
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      whole.writeBytes(answer.getBytes(StandardCharsets.UTF_8));
      in.transferTo(whole);
      return whole.toByteArray();
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    for (int one = in.read(); one >= 0; one = in.read()) {
      head.write(one);
      matched = one == END_OF_HEAD[matched] ? matched + 1 : one == '\r' ? 1 : 0;
      if (matched == END_OF_HEAD.length) {
        return head.toString(StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private static int length(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
        .findFirst()
        .orElse(0);
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
