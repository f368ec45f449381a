package dev.latchkey.agent.backend.vault;

import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.rest.Rest;
import io.github.jopenlibs.vault.rest.RestException;
import io.github.jopenlibs.vault.rest.RestResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

/**
 * One server of a Vault, and how it was when it was last asked. Safe for use by several threads.
 */
final class Node {

  /** How long a server may take to say how it is. */
  static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

  private final URI address;
  private final String namespace;
  private final BoundedHttpClient client;
  private final Failures failures;
  private volatile NodeState state = NodeState.UNKNOWN;

  Node(URI address, String namespace, BoundedHttpClient client, Failures failures) {
    this.address = address;
    this.namespace = namespace;
    this.client = client;
    this.failures = failures;
  }

  URI address() {
    return address;
  }

  NodeState state() {
    return state;
  }

  /** Asks this server and no other, once. */
  Attempt ask(VaultRequest request) {
    Attempt attempt = attempt(request);
    NodeState now =
        switch (attempt) {
          case Attempt.Answered answered -> NodeState.ACTIVE;
          case Attempt.Failed failed -> failed.state();
        };
    if (now != NodeState.UNKNOWN) {
      state = now;
    }
    return attempt;
  }

  /**
   * What the server says of itself.
   *
   * @param asked for how long it asks to be left alone; zero when it does not
   */
  record Condition(NodeState state, Duration asked) {}

  /** Asks the server how it is, without a token or a namespace, which that call does not take. */
  Condition probe() {
    Condition told = told();
    state = told.state();
    return told;
  }

  private Condition told() {
    // The backoff counts requests, so a probe whose connection breaks is not sent again.
    HttpClient brief = client.once().within(PROBE_TIMEOUT);
    try {
      RestResponse response =
          new Rest(brief).url(url("sys/health")).header("X-Vault-Request", "true").get();
      boolean json = ServerText.object(text(response)).isPresent();
      NodeState said = NodeState.ofHealth(response.getStatus());
      return new Condition(json ? said : NodeState.FAILING, Duration.ZERO);
    } catch (RestException e) {
      return probed(cause(e));
    }
  }

  private Condition probed(Throwable fault) {
    if (fault instanceof Refusal refusal) {
      return new Condition(NodeState.ofHealth(refusal.status()), failures.asked(refusal));
    }
    NodeState now =
        switch (failed(fault, false)) {
          case Attempt.Failed failed when failed.state() != NodeState.UNKNOWN -> failed.state();
          case Attempt.Failed failed -> state;
          case Attempt.Answered answered -> NodeState.ACTIVE;
        };
    return new Condition(now, Duration.ZERO);
  }

  private Attempt attempt(VaultRequest request) {
    try {
      RestResponse response = sent(request, rest(request));
      String text = text(response);
      return text.isBlank()
          ? new Attempt.Answered(new Answer.Done(new JsonObject()))
          : ServerText.object(text)
              .<Attempt>map(body -> new Attempt.Answered(new Answer.Done(body)))
              .orElseGet(() -> Failures.garbage(address));
    } catch (RestException e) {
      return failed(cause(e), request.isLarge());
    } catch (RuntimeException e) {
      return failed(e, request.isLarge());
    }
  }

  private Attempt failed(Throwable fault, boolean large) {
    if (fault instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return Failures.interrupted(address);
    }
    return failures.ofFault(address, fault, large);
  }

  /** The driver wraps what befell it. */
  private static Throwable cause(RestException wrapped) {
    return Objects.requireNonNullElse(wrapped.getCause(), wrapped);
  }

  private static RestResponse sent(VaultRequest request, Rest rest) throws RestException {
    return switch (request.verb()) {
      case READ, LOOK_UP, LIST -> rest.get();
      case WRITE -> rest.post();
      case DELETE -> rest.delete();
    };
  }

  private Rest rest(VaultRequest request) {
    boolean once = request.verb() == VaultRequest.Verb.READ;
    Rest rest =
        new Rest(once ? client.once() : client)
            .url(url(request.path()))
            .header("X-Vault-Request", "true")
            .header("X-Vault-Namespace", namespace);
    request.parameters().forEach((name, value) -> parameter(rest, name, value));
    request.token().ifPresent(token -> rest.header("X-Vault-Token", token.read(Node::text)));
    JsonObject body = request.body();
    return body == null
        ? rest
        : rest.header("Content-Type", "application/json")
            .body(body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void parameter(Rest rest, String name, String value) {
    try {
      rest.parameter(name, value);
    } catch (RestException e) {
      throw new IllegalStateException("UTF-8 is always there", e);
    }
  }

  private static String text(RestResponse response) {
    return new String(response.getBody(), StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private String url(String path) {
    String base = address.toString().replaceFirst("/+$", "");
    try {
      return base + new URI(null, null, "/v1/" + path, null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a path with a leading slash can be encoded", e);
    }
  }
}
