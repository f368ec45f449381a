package dev.latchkey.agent.backend.vault;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The one HTTP client beneath the driver: keeps connections, and bounds the time and the bytes of
 * each answer.
 *
 * <p>Whatever is not a success leaves it as a {@link Refusal}, since the driver would drop the
 * headers. It follows no redirect, so that a token goes to the servers that the operator named and
 * to no other. Safe for use by several threads; whoever makes it closes it.
 */
final class BoundedHttpClient extends HttpClient {

  private final HttpClient jdk;
  private final Duration requestTimeout;
  private final long maxAnswer;
  private final boolean once;

  BoundedHttpClient(VaultServers servers, TlsFiles files) {
    this(
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .proxy(Builder.NO_PROXY)
            .connectTimeout(servers.connectTimeout())
            .sslContext(LiveContext.of(files, servers.tls().serverName()))
            .build(),
        servers.requestTimeout(),
        servers.maxAnswer(),
        false);
  }

  private BoundedHttpClient(HttpClient jdk, Duration requestTimeout, long maxAnswer, boolean once) {
    this.jdk = jdk;
    this.requestTimeout = requestTimeout;
    this.maxAnswer = maxAnswer;
    this.once = once;
  }

  /** The same connections, with a request sent once whatever becomes of it. */
  BoundedHttpClient once() {
    return new BoundedHttpClient(jdk, requestTimeout, maxAnswer, true);
  }

  /** The same connections, with no more time for an answer than {@code limit}. */
  BoundedHttpClient within(Duration limit) {
    Duration shorter = limit.compareTo(requestTimeout) < 0 ? limit : requestTimeout;
    return new BoundedHttpClient(jdk, shorter, maxAnswer, once);
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    HttpResponse<T> response = whole(jdk.sendAsync(prepared(request), bounded(handler)));
    if (response.statusCode() / 100 != 2) {
      throw new Refusal(
          response.statusCode(),
          response.headers().firstValue("Retry-After"),
          response.body() instanceof String text ? text : "");
    }
    return response;
  }

  /** The time is measured to the end of the body; a request's own timeout ends at its head. */
  private <T> HttpResponse<T> whole(CompletableFuture<HttpResponse<T>> answer)
      throws IOException, InterruptedException {
    try {
      return answer.get(requestTimeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new HttpTimeoutException("no whole answer within " + requestTimeout);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof IOException cause
          ? cause
          : new IOException("the call failed", failed.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  /** The driver decodes what is not ASCII, and the JDK's client would send a question mark. */
  private static HttpRequest ascii(HttpRequest request) {
    String uri = request.uri().toASCIIString();
    return uri.equals(request.uri().toString())
        ? request
        : HttpRequest.newBuilder(request, (name, value) -> true).uri(URI.create(uri)).build();
  }

  private HttpRequest prepared(HttpRequest request) {
    HttpRequest ascii = ascii(request);
    return once && request.method().equals("GET")
        ? HttpRequest.newBuilder(ascii, (name, value) -> true).method("GET", new SentOnce()).build()
        : ascii;
  }

  private <T> HttpResponse.BodyHandler<T> bounded(HttpResponse.BodyHandler<T> handler) {
    return BoundedBody.handler(handler, maxAnswer);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return jdk.sendAsync(ascii(request), bounded(handler));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushes) {
    return jdk.sendAsync(ascii(request), bounded(handler), pushes);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return jdk.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return jdk.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return jdk.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return jdk.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return jdk.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return jdk.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return jdk.authenticator();
  }

  @Override
  public Version version() {
    return jdk.version();
  }

  @Override
  public Optional<Executor> executor() {
    return jdk.executor();
  }

  @Override
  public void shutdownNow() {
    jdk.shutdownNow();
  }

  /** Ends what is under way and waits for it. */
  @Override
  public void close() {
    jdk.shutdownNow();
    jdk.close();
  }
}
