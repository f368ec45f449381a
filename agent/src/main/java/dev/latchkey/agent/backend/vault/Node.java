package dev.latchkey.agent.backend.vault;

import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.rest.Rest;
import io.github.jopenlibs.vault.rest.RestException;
import io.github.jopenlibs.vault.rest.RestResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One server of a Vault, and how it was when it was last asked. Safe for use by several threads.
 */
final class Node {

  private final URI address;
  private final String namespace;
  private final HttpClient client;
  private final Failures failures;
  private volatile NodeState state = NodeState.UNKNOWN;

  Node(URI address, String namespace, HttpClient client, Failures failures) {
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

  /** Asks the server how it is. */
  NodeState probe() {
    VaultRequest request = VaultRequest.read("sys/health");
    try {
      state = NodeState.ofHealth(sent(request, rest(request)).getStatus());
    } catch (RestException e) {
      state = probed(cause(e));
    }
    return state;
  }

  private NodeState probed(Throwable fault) {
    if (fault instanceof Refusal refusal) {
      return NodeState.ofHealth(refusal.status());
    }
    return failed(fault) instanceof Attempt.Failed failed ? failed.state() : state;
  }

  private Attempt attempt(VaultRequest request) {
    try {
      RestResponse response = sent(request, rest(request));
      String text = new String(response.getBody(), StandardCharsets.UTF_8);
      return text.isBlank()
          ? new Attempt.Answered(new Answer.Done(new JsonObject()))
          : ServerText.object(text)
              .<Attempt>map(body -> new Attempt.Answered(new Answer.Done(body)))
              .orElseGet(() -> Failures.garbage(address));
    } catch (RestException e) {
      return failed(cause(e));
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  private Attempt failed(Throwable fault) {
    if (fault instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return Failures.interrupted(address);
    }
    return failures.ofFault(address, fault);
  }

  /** The driver wraps what befell it. */
  private static Throwable cause(RestException wrapped) {
    return Objects.requireNonNullElse(wrapped.getCause(), wrapped);
  }

  private static RestResponse sent(VaultRequest request, Rest rest) throws RestException {
    return switch (request.verb()) {
      case READ, LIST -> rest.get();
      case WRITE -> rest.post();
      case DELETE -> rest.delete();
    };
  }

  private Rest rest(VaultRequest request) {
    Rest rest =
        new Rest(client)
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
