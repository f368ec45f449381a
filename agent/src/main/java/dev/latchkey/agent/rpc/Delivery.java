package dev.latchkey.agent.rpc;

import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretState;
import java.util.List;

/**
 * Keeps, before a version of a rotated or leased secret is given to a unary caller, that the caller
 * holds it. Other secrets have no holders.
 */
final class Delivery {

  private final Catalog catalog;
  private final Holders holders;

  Delivery(Capabilities capabilities) {
    this.catalog = capabilities.catalog();
    this.holders = capabilities.holders();
  }

  /** Whether the version may be given without asking the store. Safe on the event loop. */
  boolean isKept(Connection.Attested connection, SecretState state) {
    return !hasHolders(state)
        || holders.isKept(connection.reader(), state.name(), state.id().version());
  }

  /** Keeps the delivery. Blocks where it is not kept yet. */
  void keep(Connection.Attested connection, SecretState state) {
    if (!isKept(connection, state)) {
      holders.deliver(
          state.name(), state.id().version(), List.of(connection.reader()), connection.caller());
    }
  }

  private boolean hasHolders(SecretState state) {
    return state.lifetime() instanceof Lifetime.Leased
        || catalog.find(state.name()).flatMap(Declaration::rotation).isPresent();
  }
}
