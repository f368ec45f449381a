package dev.latchkey.agent.rpc;

import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.v1.GetSecretRequest;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code GetSecret}: the hot path. A held value whose delivery is kept is answered right here, on
 * the event loop: one decision, one look, one enqueue to the audit, and bytes that were encoded
 * before. Everything else goes to a virtual thread.
 */
final class GetSecret implements Calls.Unary<GetSecretRequest, EncodedAnswer> {

  private static final String AUDITED = "get";

  private final Gate gate;
  private final Current current;
  private final Delivery delivery;
  private final FirstValue firstValue;
  private final CredentialEncoder encoder;
  private final Surroundings surroundings;
  private final TimeSource time;

  GetSecret(
      Capabilities capabilities, Gate gate, CredentialEncoder encoder, Surroundings surroundings) {
    this.gate = gate;
    this.current = capabilities.current();
    this.delivery = new Delivery(capabilities);
    this.firstValue = new FirstValue(capabilities, surroundings);
    this.encoder = encoder;
    this.surroundings = surroundings;
    this.time = surroundings.time();
  }

  @Override
  public void handle(GetSecretRequest request, Reply<EncodedAnswer> reply) {
    Gate.Asked asked = Gate.Asked.of(reply, AUDITED);
    SecretName name = gate.require(asked, Operation.READ, request.getName());
    if (request.getBackendVersion().isEmpty()) {
      Optional<Held> held = current.peek(name);
      if (held.isPresent() && delivery.isKept(reply.connection(), held.get().state())) {
        give(request, asked, held.get(), reply);
        return;
      }
    }
    reply.attemptOn(surroundings.virtualThreads(), () -> load(name, request, asked, reply));
  }

  /** Ends the waits for a first value, and every one that comes later. */
  void stop() {
    firstValue.stop();
  }

  private void load(
      SecretName name, GetSecretRequest request, Gate.Asked asked, Reply<EncodedAnswer> reply) {
    Held held;
    try {
      held = read(name, request, reply);
      delivery.keep(reply.connection(), held.state());
    } catch (SecretException failure) {
      gate.failed(asked, name.text(), failure);
      throw failure;
    }
    give(request, asked, held, reply);
  }

  private Held read(SecretName name, GetSecretRequest request, Reply<?> reply) {
    if (request.getBackendVersion().isEmpty()) {
      return firstValue.read(name, wait(request, reply.deadline()), reply);
    }
    SecretState state = current.readVersion(name, request.getBackendVersion());
    return new Held(state, time.now(), false, Duration.ZERO);
  }

  private static Duration wait(GetSecretRequest request, @Nullable Deadline deadline) {
    if (!request.hasWait()) {
      return Duration.ZERO;
    }
    Duration wait = Wire.length("wait", request.getWait());
    if (deadline == null) {
      return wait;
    }
    Duration left = Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS));
    return wait.compareTo(left) < 0 ? wait : left;
  }

  private void give(
      GetSecretRequest request, Gate.Asked asked, Held held, Reply<EncodedAnswer> reply) {
    String field = request.getField();
    if (!field.isEmpty() && held.state().content().field(field).isEmpty()) {
      SecretException missing =
          SecretException.of(
              Reason.NOT_FOUND, held.state().name() + " has no such field; ask for all of them");
      gate.failed(asked, request.getName(), missing);
      throw missing;
    }
    gate.granted(asked, request.getName(), held.state().id().version());
    reply.answer(
        field.isEmpty()
            ? encoder.encode(held, time.now())
            : encoder.encode(held, time.now(), Wire.Fields.only(field)));
  }
}
