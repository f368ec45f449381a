package dev.latchkey.agent.rpc;

import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.watch.Watches;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import dev.latchkey.v1.WatchedSecret;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code WatchCredentials}: opens watches, feeds their streams, and ends them all when the agent
 * stops.
 */
final class Watching implements Calls.Streaming<WatchCredentialsRequest, WatchCredentialsResponse> {

  private static final int MOST_SECRETS = 1000;

  private final Gate gate;
  private final Watches watches;
  private final Refusals refusals;
  private final Surroundings surroundings;
  private final Set<StreamReply<WatchCredentialsResponse>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  Watching(Capabilities capabilities, Gate gate, Refusals refusals, Surroundings surroundings) {
    this.gate = gate;
    this.watches = capabilities.watches();
    this.refusals = refusals;
    this.surroundings = surroundings;
  }

  @Override
  public void handle(WatchCredentialsRequest request, StreamReply<WatchCredentialsResponse> reply) {
    Watches.Request wanted = wanted(request, Gate.Asked.of(reply, WatchStream.AUDITED));
    open.add(reply);
    reply.onEnd(() -> open.remove(reply));
    if (stopping) {
      reply.refuse(Stopping.refusal());
      return;
    }
    reply.attemptOn(surroundings.virtualThreads(), () -> open(wanted, reply));
  }

  /** Ends every stream so that its client connects again, and every stream that comes later. */
  void stop() {
    stopping = true;
    List.copyOf(open).forEach(reply -> reply.refuse(Stopping.refusal()));
  }

  private void open(Watches.Request wanted, StreamReply<WatchCredentialsResponse> reply) {
    WatchStream stream =
        new WatchStream(reply, gate, refusals, surroundings.time(), wanted.metadataOnly());
    Watches.Watch watch = watches.open(reply.connection().caller(), wanted, stream);
    reply.onReady(watch::ready);
    reply.onEnd(
        () -> {
          open.remove(reply);
          watch.close();
        });
    watch.ready();
  }

  private Watches.Request wanted(WatchCredentialsRequest request, Gate.Asked asked) {
    int count = request.getSecretsCount();
    if (count < 1 || count > MOST_SECRETS) {
      throw SecretException.invalid("secrets", "must be 1 to " + MOST_SECRETS + " secrets");
    }
    List<Watches.Wanted> wanted =
        request.getSecretsList().stream()
            .map(secret -> wanted(asked, secret, request.getMetadataOnly()))
            .toList();
    if (wanted.stream().map(Watches.Wanted::name).distinct().count() != count) {
      throw SecretException.invalid("secrets", "has a name twice; watch each once");
    }
    return new Watches.Request(
        wanted, request.getMetadataOnly(), request.getPending(), request.getAcknowledges());
  }

  private Watches.Wanted wanted(Gate.Asked asked, WatchedSecret secret, boolean metadataOnly) {
    SecretName name = gate.require(asked, Operation.WATCH, secret.getName());
    if (!metadataOnly) {
      gate.require(asked, Operation.READ, secret.getName());
    }
    return new Watches.Wanted(name, held(secret));
  }

  private static Optional<StateId> held(WatchedSecret secret) {
    if (!secret.hasHeld()) {
      return Optional.empty();
    }
    dev.latchkey.v1.StateId held = secret.getHeld();
    if (held.getEpoch().isBlank() || held.getVersion() < 1 || held.getRevision() < 1) {
      throw SecretException.invalid("held", "is no state that an agent gave");
    }
    return Optional.of(
        new StateId(new Epoch(held.getEpoch()), held.getVersion(), held.getRevision()));
  }
}
