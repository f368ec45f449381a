package dev.latchkey.agent.rpc;

import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.v1.SecretSummary;
import java.util.List;
import java.util.Optional;

/**
 * What may be told about secrets without their values. Reads no backend. Blocks on the store for
 * what is not held.
 */
final class Summaries {

  private final Catalog catalog;
  private final Current current;

  Summaries(Capabilities capabilities) {
    this.catalog = capabilities.catalog();
    this.current = capabilities.current();
  }

  SecretSummary of(SecretName name) {
    SecretSummary.Builder summary = SecretSummary.newBuilder().setName(name.text());
    catalog.find(name).ifPresent(declaration -> declared(declaration, summary));
    Optional<Held> held = current.peek(name);
    if (held.isPresent()) {
      summary.setStale(held.get().stale());
      state(held.get().state(), summary);
    } else {
      List<SecretState> newest = current.history(name, 1);
      newest.forEach(state -> state(state, summary));
    }
    return summary.build();
  }

  private static void declared(Declaration declaration, SecretSummary.Builder summary) {
    summary
        .setBackend(declaration.backend())
        .setKind(declaration.kind())
        .setRequired(declaration.required());
  }

  private static void state(SecretState state, SecretSummary.Builder summary) {
    summary
        .setState(Wire.stateId(state.id()))
        .setBackendVersion(state.backendVersion())
        .setIssuedAt(Wire.timestamp(state.issuedAt()))
        .addAllFieldNames(state.content().fields().keySet());
    state.expiresAt().ifPresent(at -> summary.setExpiresAt(Wire.timestamp(at)));
  }
}
