package dev.latchkey.agent.supply;

import dev.latchkey.agent.backend.Writable;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Published;
import dev.latchkey.agent.current.Requested;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.TimeSource;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes of callers: to the backend first, then through the door. Blocks. */
final class Puts {

  private final Current current;
  private final Backends backends;
  private final TimeSource time;

  Puts(Current current, Backends backends, TimeSource time) {
    this.current = current;
    this.backends = backends;
    this.time = time;
  }

  /** Writes, and publishes what was written. */
  Published put(Supply.Put put) {
    Backends.Source source = backends.of(put.name());
    Optional<SecretName> rotated = backends.rotatedAt(source.declaration());
    if (rotated.isPresent()) {
      throw rotated(rotated.get());
    }
    WrappedSecrets.refuse(source.declaration());
    if (!(source.backend() instanceof Writable writable)) {
      throw SecretException.of(
          Reason.UNSUPPORTED,
          "the backend \"" + source.declaration().backend() + "\" takes no writes");
    }
    String path = source.declaration().path();
    if (writable.isNumberedByStore()) {
      String version = writable.put(path, put.content(), Optional.empty());
      return current.publish(change(put, version, put.expectedVersion()), Alongside.NOTHING);
    }
    return repeated(put).orElseGet(() -> written(put, writable, path));
  }

  /**
   * The backend has compared and set by then, so the door compares no more: a refresh may have
   * published meanwhile what was written here.
   */
  private Published written(Supply.Put put, Writable writable, String path) {
    String version = writable.put(path, put.content(), expectedText(put));
    return current.publish(change(put, version, OptionalLong.empty()), Alongside.NOTHING);
  }

  /** The door knows a repeat too, but the backend would have been written to by then. */
  private Optional<Published> repeated(Supply.Put put) {
    Optional<Requested> first = current.requestedFor(put.requestId());
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Optional<SecretState> now =
        first
            .filter(new Requested(put.name(), "")::equals)
            .map(same -> current.read(same.name()).state());
    return Optional.of(
        now.filter(state -> state.content().equals(put.content()))
            .map(state -> new Published(state, false))
            .orElseThrow(
                () ->
                    SecretException.of(
                        Reason.CONFLICT,
                        "the request id was used before, and what it wrote is not what is current"
                            + " or not this; nothing was changed, use a new id for each request")));
  }

  /** A put would go round the proof, the overlap and the retirement. */
  private static SecretException rotated(SecretName name) {
    return SecretException.of(
        Reason.NOT_POSSIBLE_NOW,
        name
            + " is rotated, so its value is not put: adopt "
            + name
            + " takes over a login that works, rotate "
            + name
            + " --recover resets the pair");
  }

  /** The backend's text for the version that the caller expects; empty text for none. */
  private Optional<String> expectedText(Supply.Put put) {
    if (put.expectedVersion().isEmpty()) {
      return Optional.empty();
    }
    long wanted = put.expectedVersion().getAsLong();
    if (wanted == 0) {
      return Optional.of("");
    }
    SecretState now = current.read(put.name()).state();
    if (now.id().version() != wanted) {
      throw SecretException.of(
          Reason.CONFLICT,
          put.name() + ": version " + now.id().version() + " is current, not " + wanted);
    }
    return Optional.of(now.backendVersion());
  }

  private Change change(Supply.Put put, String version, OptionalLong expected) {
    return new Change(
        put.name(),
        put.content(),
        new Lifetime.Unleased(),
        version,
        time.now(),
        Optional.empty(),
        0,
        Cause.PUT,
        expected,
        put.requestId(),
        put.actor(),
        put.traceId());
  }
}
