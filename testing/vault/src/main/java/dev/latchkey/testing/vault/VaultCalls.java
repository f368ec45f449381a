package dev.latchkey.testing.vault;

import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Plain calls of a server's API; a refusal is told in the server's words. */
final class VaultCalls implements AutoCloseable {

  /** The health of a server that answers. */
  static final int ACTIVE = 200;

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int UNREACHABLE = 0;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final URI address;
  private final String token;

  /**
   * Calls to one server.
   *
   * @param token empty where none is needed
   */
  VaultCalls(URI address, String token) {
    this.address = address;
    this.token = token;
  }

  JsonObject read(String path) {
    return done(request(path).GET().build());
  }

  /** Empty where there is nothing. */
  Optional<JsonObject> list(String path) {
    HttpRequest request = request(path + "?list=true").GET().build();
    HttpResponse<String> answer = send(request);
    return answer.statusCode() == 404 ? Optional.empty() : Optional.of(done(request, answer));
  }

  JsonObject write(String path, JsonObject body) {
    return done(request(path).POST(HttpRequest.BodyPublishers.ofString(body.toString())).build());
  }

  JsonObject delete(String path) {
    return done(request(path).DELETE().build());
  }

  /** Asks for something without a body, and has the answer wrapped for a minute. */
  JsonObject wrapped(String method, String path) {
    return done(
        request(path)
            .header("X-Vault-Wrap-TTL", "60s")
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build());
  }

  /** The status of {@code sys/health}, or {@value #UNREACHABLE}. */
  int health() {
    try {
      return send(request("sys/health").GET().build()).statusCode();
    } catch (UncheckedIOException unreachable) {
      return UNREACHABLE;
    }
  }

  /** Whether anything answers. */
  boolean isReachable() {
    return health() != UNREACHABLE;
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve("/v1/" + path)).timeout(PATIENCE);
    return token.isEmpty() ? request : request.header("X-Vault-Token", token);
  }

  private JsonObject done(HttpRequest request) {
    return done(request, send(request));
  }

  private static JsonObject done(HttpRequest request, HttpResponse<String> answer) {
    if (answer.statusCode() / 100 != 2) {
      String call = request.method() + " " + request.uri().getPath();
      throw new IllegalStateException(call + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body().isEmpty() ? new JsonObject() : Json.parse(answer.body()).asObject();
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
