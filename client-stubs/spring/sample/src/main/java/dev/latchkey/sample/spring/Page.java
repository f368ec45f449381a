package dev.latchkey.sample.spring;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.springframework.core.env.Environment;

/**
 * Shows on a loopback port what the application would log in with. It is there to be looked at by a
 * test: an application never shows a password.
 */
class Page implements AutoCloseable {

  private final Environment environment;
  private final MailSettings settings;
  private final Mailer mailer;
  private final HttpServer server;

  Page(Environment environment, MailSettings settings, Mailer mailer) throws IOException {
    this.environment = environment;
    this.settings = settings;
    this.mailer = mailer;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    System.out.println("listening on " + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String text =
        """
        property: %s
        settings: %s %s %s
        bean: %s
        """
            .formatted(
                environment.getRequiredProperty("mail.password"),
                settings.url(),
                settings.username(),
                settings.password(),
                mailer.login());
    byte[] body = text.getBytes(UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
