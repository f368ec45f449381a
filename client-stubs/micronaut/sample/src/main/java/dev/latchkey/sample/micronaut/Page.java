package dev.latchkey.sample.micronaut;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.latchkey.client.Credential;
import dev.latchkey.client.placeholder.ReferencedSecrets;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.env.Environment;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Shows on a loopback port what the application would log in with. It is there to be looked at by a
 * test: an application never shows a password.
 */
@Context
class Page {

  private final Environment environment;
  private final MailSettings settings;
  private final Mailer mailer;
  private final ReferencedSecrets secrets;
  private final HttpServer server;

  Page(Environment environment, MailSettings settings, Mailer mailer, ReferencedSecrets secrets)
      throws IOException {
    this.environment = environment;
    this.settings = settings;
    this.mailer = mailer;
    this.secrets = secrets;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    System.out.println("listening on " + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    // Both fields of one version, whatever changes meanwhile.
    Credential mail = secrets.credential("app/mail");
    String text =
        """
        property: %s
        settings: %s %s %s
        bean: %s
        pair: %s %s
        """
            .formatted(
                environment.getProperty("mail.password", String.class).orElseThrow(),
                settings.getUrl(),
                settings.getUsername(),
                settings.getPassword(),
                mailer.login(),
                mail.text("username"),
                mail.text("password"));
    byte[] body = text.getBytes(UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @PreDestroy
  void close() {
    server.stop(0);
  }
}
