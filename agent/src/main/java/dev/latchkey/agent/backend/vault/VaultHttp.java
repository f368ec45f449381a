package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The way to the servers of one Vault: the driver's rest layer over one HTTP client.
 *
 * <p>Each call is one round over the addresses, beginning with the one that last worked: a server
 * that cannot be reached, is sealed or on standby is passed over, and whatever else fails is told
 * at once, since it might have been done. It never waits and asks again; whoever calls owns the
 * backoff. Blocks and honours interruption; safe for use by several threads. Closing it ends what
 * is under way.
 */
public final class VaultHttp implements Health, AutoCloseable {

  private final String component;
  private final BoundedHttpClient client;
  private final List<Node> nodes;
  private final Duration callLimit;
  private volatile int preferred;

  /**
   * Connects to nothing yet.
   *
   * @param name what the configuration calls the backend, for people
   */
  public VaultHttp(String name, VaultServers servers, TimeSource time) {
    this.component = "backend " + name;
    this.client = new BoundedHttpClient(servers);
    this.callLimit = servers.callLimit();
    Failures failures = new Failures(time);
    this.nodes =
        servers.addresses().stream()
            .map(address -> new Node(address, servers.namespace(), client, failures))
            .toList();
  }

  /**
   * Makes one call and gives its JSON, empty where there is none.
   *
   * @param path below {@code /v1/}
   * @param body written to the path; without one the path is read
   * @throws SecretException BACKEND_REFUSED, NOT_FOUND, INVALID_REQUEST or UNSUPPORTED as the
   *     server says, UNAVAILABLE or LIMIT_EXCEEDED with a delay when asking again may help
   */
  public JsonObject answer(String path, Optional<JsonObject> body, Optional<SecretValue> token) {
    VaultRequest request =
        body.map(sent -> VaultRequest.write(path, sent)).orElseGet(() -> VaultRequest.read(path));
    return done(request, ask(token.map(request::as).orElse(request)));
  }

  /** The JSON of what was done. */
  static JsonObject done(VaultRequest request, Answer answer) {
    return switch (answer) {
      case Answer.Done done -> done.body();
      case Answer.Refused refused -> throw Failures.of(request, refused);
    };
  }

  /**
   * Makes one call; what the server refuses is an answer.
   *
   * @throws SecretException of nothing done when no server took the call
   */
  Answer ask(VaultRequest request) {
    SecretException why = null;
    int first = preferred;
    for (int i = 0; i < nodes.size(); i++) {
      int index = (first + i) % nodes.size();
      switch (nodes.get(index).ask(request)) {
        case Attempt.Answered answered -> {
          preferred = index;
          return answered.answer();
        }
        case Attempt.Failed failed -> {
          why = failed.why();
          if (!failed.elsewhere()) {
            throw why;
          }
        }
      }
    }
    throw Objects.requireNonNull(why, "there is at least one server").ofNothingDone();
  }

  /** How long a call takes at most. */
  Duration callLimit() {
    return callLimit;
  }

  /** Asks every server how it is, one after another; blocks. */
  public Map<URI, NodeState> probe() {
    Map<URI, NodeState> states = new LinkedHashMap<>();
    nodes.forEach(node -> states.put(node.address(), node.probe()));
    return states;
  }

  /** How the servers were when they were last asked. */
  @Override
  public ComponentHealth health() {
    String faults =
        nodes.stream()
            .filter(node -> node.state().compareTo(NodeState.STANDBY) > 0)
            .map(VaultHttp::sentence)
            .collect(Collectors.joining("; "));
    if (nodes.stream().anyMatch(node -> node.state() == NodeState.ACTIVE)) {
      return faults.isEmpty()
          ? ComponentHealth.healthy(component)
          : ComponentHealth.degraded(component, faults);
    }
    return nodes.stream().anyMatch(node -> node.state() == NodeState.UNKNOWN)
        ? ComponentHealth.healthy(component)
        : ComponentHealth.unhealthy(component, all());
  }

  private String all() {
    return nodes.stream().map(VaultHttp::sentence).collect(Collectors.joining("; "));
  }

  private static String sentence(Node node) {
    return node.address() + " " + node.state().sentence();
  }

  @Override
  public void close() {
    client.close();
  }
}
