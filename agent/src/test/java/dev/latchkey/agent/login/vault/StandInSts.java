package dev.latchkey.agent.login.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Answers as the STS of one region does: who signed, if the signature is that of the key. */
final class StandInSts implements AutoCloseable {

  static final String REGION = "eu-west-1";
  static final String ROLE = "arn:aws:iam::123456789012:role/app";
  static final String KEY_ID = "AKIDEXAMPLE";
  static final SecretValue SECRET = SecretValue.ofText("a-key-that-only-the-caller-and-sts-know");

  private static final URI HOST = URI.create("https://sts." + REGION + ".amazonaws.com/");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'");
  private static final String WHO =
      """
      <GetCallerIdentityResponse><GetCallerIdentityResult>\
      <Arn>arn:aws:sts::123456789012:assumed-role/app/one</Arn>\
      <UserId>AROAEXAMPLE:one</UserId><Account>123456789012</Account>\
      </GetCallerIdentityResult></GetCallerIdentityResponse>\
      """;
  private static final String REFUSED =
      "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>";

  private final HttpServer server;
  private final Optional<SecretValue> session;

  StandInSts(Optional<SecretValue> session) {
    this.session = session;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  /** Vault puts two slashes behind it, which the server here takes only after a path. */
  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/sts";
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean good = isSigned(exchange, body);
    byte[] answer = (good ? WHO : REFUSED).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "text/xml");
    exchange.sendResponseHeaders(good ? 200 : 403, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private boolean isSigned(HttpExchange exchange, String body) {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (lower.equals("content-type") || lower.startsWith("x-vault-")) {
                headers.put(name, values.getFirst());
              }
            });
    Instant at =
        LocalDateTime.parse(exchange.getRequestHeaders().getFirst("X-Amz-Date"), TIME)
            .toInstant(ZoneOffset.UTC);
    Map<String, String> expected =
        new SignatureV4(REGION, "sts")
            .sign("POST", HOST, headers, body, new AwsCredentials(KEY_ID, SECRET, session), at);
    return body.equals("Action=GetCallerIdentity&Version=2011-06-15")
        && HOST.getHost().equals(exchange.getRequestHeaders().getFirst("Host"))
        && String.valueOf(expected.get("Authorization"))
            .equals(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
