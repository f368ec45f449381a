package dev.latchkey.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Clients of a web server that connect all the time, each connection with a whole handshake of its
 * own and a request, and note which certificate they were shown.
 */
final class TlsClients implements AutoCloseable {

  private static final int TIMEOUT = 20_000;

  private final int port;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Handshake> handshakes = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  /**
   * A handshake that was made, and whose request was answered.
   *
   * @param begunAt before the connection was made, in nanoseconds of this machine's clock
   * @param endedAt when the answer was there
   * @param serial of the certificate
   */
  record Handshake(long begunAt, long endedAt, BigInteger serial) {}

  TlsClients(int port, int clients) {
    this.port = port;
    for (int i = 0; i < clients; i++) {
      threads.execute(this::work);
    }
  }

  private void work() {
    while (!stopped) {
      try {
        handshakes.add(connect());
      } catch (IOException | GeneralSecurityException e) {
        failures.add(e.toString());
      }
    }
  }

  /** A context for each, so that no session of before is taken up. */
  private Handshake connect() throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsAll()}, null);
    long begunAt = System.nanoTime();
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket =
            (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true)) {
      socket.setSoTimeout(TIMEOUT);
      socket.startHandshake();
      X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      // Of TLS 1.3 the client's side ends first: the answer shows that the server's ended too.
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      if (!status.equals("HTTP/1.1 200")) {
        throw new IOException("answered: " + status);
      }
      return new Handshake(begunAt, System.nanoTime(), leaf.getSerialNumber());
    }
  }

  List<Handshake> handshakes() {
    return List.copyOf(handshakes);
  }

  Collection<String> failures() {
    return List.copyOf(failures);
  }

  /** Waits for so many more handshakes. */
  void awaitMore(int more) {
    int goal = handshakes.size() + more;
    await(more + " more handshakes")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> handshakes.size() >= goal);
  }

  /** The certificate that the last of them was shown. */
  BigInteger lastSerial() {
    return handshakes().getLast().serial();
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    threads.shutdown();
    if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the clients did not end");
    }
  }

  /** Who made the certificate is not what is tried here. */
  private static final class TrustsAll extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
