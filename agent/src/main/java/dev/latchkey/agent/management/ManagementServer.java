package dev.latchkey.agent.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.latchkey.agent.lifecycle.Scrape;
import dev.latchkey.agent.readiness.Readiness;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /livez}, {@code /readyz} and {@code /metrics} over plain HTTP on the loopback
 * address.
 *
 * <p>{@code /readyz} answers 200 or 503 with a reason per secret and component as JSON. Started and
 * closed once.
 */
public final class ManagementServer implements AutoCloseable {

  /** The port that stands for no server at all. */
  public static final int OFF = -1;

  private final int port;
  private final Readiness readiness;
  private final Scrape scrape;
  private final Executor executor;
  private @Nullable HttpServer server;

  /**
   * A server that is not bound yet.
   *
   * @param port the port to listen on; 0 for any free one, {@link #OFF} for none
   * @param executor runs each exchange; its tasks block
   */
  public ManagementServer(int port, Readiness readiness, Scrape scrape, Executor executor) {
    this.port = port;
    this.readiness = readiness;
    this.scrape = scrape;
    this.executor = executor;
  }

  /** Binds, unless it is off. */
  public void start() {
    if (port == OFF) {
      return;
    }
    try {
      HttpServer bound =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      bound.setExecutor(executor);
      bound.createContext("/", exchange -> answer(exchange, () -> page(exchange)));
      bound.start();
      server = bound;
    } catch (IOException failed) {
      throw SecretException.of(
          Reason.UNAVAILABLE,
          "cannot listen on port " + port + "; set agent.management_port to another one, 0 or -1",
          failed);
    }
  }

  /** The port that is listened on; empty when off or not started. */
  public OptionalInt port() {
    HttpServer bound = server;
    return bound == null ? OptionalInt.empty() : OptionalInt.of(bound.getAddress().getPort());
  }

  @Override
  public void close() {
    HttpServer bound = server;
    server = null;
    if (bound != null) {
      bound.stop(0);
    }
  }

  private Page page(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Page.text(405, "only GET and HEAD are served\n");
    }
    return switch (exchange.getRequestURI().getPath()) {
      case "/livez" -> Page.text(200, "ok\n");
      case "/readyz" -> {
        Readiness.Report report = readiness.report();
        yield new Page(report.ready() ? 200 : 503, "application/json", ReportJson.of(report));
      }
      case "/metrics" -> new Page(200, "text/plain; version=0.0.4; charset=utf-8", scrape.scrape());
      default -> Page.text(404, "served are /livez, /readyz and /metrics\n");
    };
  }

  private static void answer(HttpExchange exchange, Supplier<Page> page) throws IOException {
    try (exchange) {
      send(exchange, page.get());
    }
  }

  private static void send(HttpExchange exchange, Page page) throws IOException {
    byte[] body = page.body.getBytes(StandardCharsets.UTF_8);
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    exchange.getResponseHeaders().set("Content-Type", page.type);
    exchange.sendResponseHeaders(page.status, isHead ? -1 : body.length);
    if (!isHead) {
      exchange.getResponseBody().write(body);
    }
  }

  private record Page(int status, String type, String body) {

    static Page text(int status, String body) {
      return new Page(status, "text/plain; charset=utf-8", body);
    }
  }
}
