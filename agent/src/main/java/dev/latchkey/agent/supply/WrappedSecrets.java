package dev.latchkey.agent.supply;

import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.Unwrapping;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.SourceDeclaration;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Secrets that somebody delivers wrapped, by a token in a file that opens them once. What was
 * opened stays current until another token comes. Safe for use by several threads.
 */
final class WrappedSecrets {

  private static final Duration UNTIL_DELIVERED = Duration.ofSeconds(1);

  private final ConcurrentHashMap<SecretName, String> told = new ConcurrentHashMap<>();
  private final Current current;
  private final TimeSource time;
  private final EventSink events;

  WrappedSecrets(Current current, TimeSource time, EventSink events) {
    this.current = current;
    this.time = time;
    this.events = events;
  }

  static boolean isWrapped(Declaration declaration) {
    return declaration.source().wrapped().isPresent();
  }

  /** Refuses what needs a path at the manager. */
  static void refuse(Declaration declaration) {
    if (isWrapped(declaration)) {
      throw SecretException.of(
          Reason.UNSUPPORTED,
          declaration.name() + " is delivered wrapped; it has no path to ask for or to write to");
    }
  }

  /** What a token brought that was not opened yet; empty when what is held is still the last. */
  Optional<BackendRead> open(Backends.Source source) {
    Declaration declaration = source.declaration();
    SecretName name = declaration.name();
    SourceDeclaration.Wrapped wrapped = declaration.source().wrapped().orElseThrow();
    if (!(source.backend() instanceof Unwrapping unwrapping)) {
      throw SecretException.of(
          Reason.UNSUPPORTED, "the backend \"" + declaration.backend() + "\" wraps nothing");
    }
    Optional<Held> held = current.held(name);
    String opened = held.map(now -> now.state().backendVersion()).orElse("");
    Optional<BackendRead> read = unwrapped(unwrapping, name, wrapped, opened);
    if (read.isEmpty() && held.isEmpty()) {
      throw SecretException.retryable(
          Reason.UNAVAILABLE,
          name + ": the wrapping token in " + wrapped.file() + " was not delivered yet",
          UNTIL_DELIVERED);
    }
    return read;
  }

  /**
   * What is held, for as long as no other token comes. Only a lease that came with it ends it:
   * nobody renews that.
   */
  SecretState confirmed(SecretName name) {
    SecretState state = current.held(name).orElseThrow().state();
    if (!state.expiresAt().map(time.now()::isBefore).orElse(true)) {
      throw SecretException.of(
          Reason.LEASE_EXPIRED,
          name + ": the lease of what came wrapped has ended; deliver another wrapping token");
    }
    current.confirm(name);
    return current.held(name).orElseThrow().state();
  }

  private Optional<BackendRead> unwrapped(
      Unwrapping unwrapping, SecretName name, SourceDeclaration.Wrapped wrapped, String opened) {
    try {
      return unwrapping.unwrap(wrapped.file(), wrapped.createdAt(), opened);
    } catch (SecretException failure) {
      String why = failure.safeMessage();
      if (failure.reason() == Reason.BACKEND_REFUSED && !why.equals(told.put(name, why))) {
        events.emit(new AgentEvent.WrappingTokenSpent(name, why));
      }
      throw failure;
    }
  }
}
