package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.Circuit;
import dev.latchkey.agent.backend.Outage;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.secret.Reason;
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
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
  private final TlsFiles files;
  private final BoundedHttpClient client;
  private final List<Node> nodes;
  private final Duration callLimit;
  private final Circuit circuit;
  private volatile int preferred;

  /**
   * Connects to nothing yet.
   *
   * @param name what the configuration calls the backend, for people
   * @param circuit makes the circuit that every call passes, from the probe that it is to use
   */
  public VaultHttp(
      String name,
      VaultServers servers,
      TimeSource time,
      Function<Circuit.Probe, Circuit> circuit) {
    this.component = "backend " + name;
    this.files = new TlsFiles(servers.tls());
    this.client = new BoundedHttpClient(servers, files);
    this.callLimit = servers.callLimit();
    Failures failures = new Failures(time);
    this.nodes =
        servers.addresses().stream()
            .map(address -> new Node(address, servers.namespace(), client, failures))
            .toList();
    this.circuit = circuit.apply(this::outage);
  }

  /** For whoever makes a few calls and goes: its circuit never opens. */
  public VaultHttp(String name, VaultServers servers, TimeSource time) {
    this(
        name,
        servers,
        time,
        probe ->
            new Circuit(
                name,
                Circuit.Limits.NEVER,
                probe,
                time,
                (delay, task) -> () -> {},
                new SplittableRandom(1),
                event -> {}));
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
    try (Circuit.Permit permit = circuit.permit()) {
      return round(request, permit);
    }
  }

  private Answer round(VaultRequest request, Circuit.Permit permit) {
    Attempt.Failed last = null;
    int first = preferred;
    for (int i = 0; i < nodes.size(); i++) {
      int index = (first + i) % nodes.size();
      switch (nodes.get(index).ask(request)) {
        case Attempt.Answered answered -> {
          preferred = index;
          permit.works();
          return answered.answer();
        }
        case Attempt.Failed failed -> {
          if (!failed.elsewhere()) {
            blame(failed, index, permit);
            throw failed.why();
          }
          last = failed;
        }
      }
    }
    Attempt.Failed nobody = Objects.requireNonNull(last, "there is at least one server");
    permit.fails(new Outage(nobody.why(), nobody.asked()));
    throw nobody.why().ofNothingDone();
  }

  /** How long a call takes at most. */
  Duration callLimit() {
    return callLimit;
  }

  /** One server that is gone is no outage while another may work: that one is asked next. */
  private void blame(Attempt.Failed failed, int index, Circuit.Permit permit) {
    switch (failed.blame()) {
      case SERVER -> {
        OptionalInt another = mayWork(index);
        another.ifPresentOrElse(
            next -> preferred = next, () -> permit.fails(new Outage(failed.why(), failed.asked())));
      }
      case EITHER -> permit.doubts();
      case NEITHER -> {}
    }
  }

  private OptionalInt mayWork(int but) {
    return IntStream.range(0, nodes.size())
        .filter(index -> index != but)
        .filter(
            index ->
                switch (nodes.get(index).state()) {
                  case ACTIVE, ANSWERING, UNKNOWN -> true;
                  case STANDBY, SEALED, UNINITIALISED, FAILING, UNREACHABLE -> false;
                })
        .findFirst();
  }

  /** Asks every server at once how it is; blocks. */
  public Map<URI, NodeState> probe() {
    Map<URI, NodeState> states = new LinkedHashMap<>();
    conditions().forEach((node, now) -> states.put(node.address(), now.state()));
    return states;
  }

  private Map<Node, Node.Condition> conditions() {
    Map<Node, Future<Node.Condition>> asked = new LinkedHashMap<>();
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      nodes.forEach(node -> asked.put(node, each.submit(node::probe)));
    }
    Map<Node, Node.Condition> told = new LinkedHashMap<>();
    asked.forEach((node, now) -> told.put(node, now.resultNow()));
    return told;
  }

  /**
   * Why none of the servers works; empty when one does. A server on standby leaves calls to the one
   * that is active, and one that does not tell how it is may work: the next call shows both.
   */
  private Optional<Outage> outage() {
    Map<Node, Node.Condition> told = conditions();
    Optional<Node> works =
        first(told, NodeState.ACTIVE)
            .or(() -> first(told, NodeState.ANSWERING))
            .or(() -> first(told, NodeState.STANDBY));
    if (works.isPresent()) {
      preferred = nodes.indexOf(works.get());
      return Optional.empty();
    }
    Duration asked =
        told.values().stream()
            .map(Node.Condition::asked)
            .min(Duration::compareTo)
            .orElse(Duration.ZERO);
    return Optional.of(
        new Outage(
            SecretException.retryable(Reason.UNAVAILABLE, all(), Failures.USUAL_DELAY), asked));
  }

  private static Optional<Node> first(Map<Node, Node.Condition> told, NodeState state) {
    return told.entrySet().stream()
        .filter(entry -> entry.getValue().state() == state)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** What every call passes. */
  public Circuit circuit() {
    return circuit;
  }

  /** How the servers were when they were last asked. */
  @Override
  public ComponentHealth health() {
    return circuit.health(component).orElseGet(this::servers);
  }

  private ComponentHealth servers() {
    String faults =
        Stream.concat(
                nodes.stream()
                    .filter(node -> node.state().compareTo(NodeState.STANDBY) > 0)
                    .map(VaultHttp::sentence),
                files.trouble().stream()
                    .map(why -> why.safeMessage() + "; what was read before is used"))
            .collect(Collectors.joining("; "));
    if (nodes.stream().anyMatch(node -> node.state() == NodeState.ACTIVE)) {
      return faults.isEmpty()
          ? ComponentHealth.healthy(component)
          : ComponentHealth.degraded(component, faults);
    }
    return nodes.stream().anyMatch(node -> node.state().compareTo(NodeState.STANDBY) < 0)
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
    circuit.close();
    client.close();
  }
}
