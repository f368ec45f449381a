package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.OneTimeStore;
import dev.latchkey.agent.backend.OneTimeStore.Opened;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the secret id that could be had once only, in memory and, sealed, in the state store.
 * Where the store cannot be written it is remembered in memory alone, until {@link #keep} is called
 * again. Used by one thread at a time.
 */
public final class SecretIdMemory {

  private final String backend;
  private final LoginPlace place;
  private final OneTimeStore store;
  private final Transaction.Runner transactions;
  private @Nullable Opened known;
  private boolean kept;

  /** Remembers what the store keeps for {@code backend}. */
  public SecretIdMemory(
      String backend, LoginPlace place, OneTimeStore store, Transaction.Runner transactions) {
    this.backend = backend;
    this.place = place;
    this.store = store;
    this.transactions = transactions;
  }

  /** What was opened for {@code role}; empty when nothing was, or for another one. */
  Optional<Opened> recall(LoginMethod role) {
    if (known == null) {
      known =
          transactions
              .call(transaction -> store.find(transaction, backend))
              .filter(opened -> opened.boundTo().equals(place.boundTo(role)))
              .orElse(null);
      kept = known != null;
    }
    return Optional.ofNullable(known);
  }

  /** Whether what is remembered outlives this process. */
  boolean isKept() {
    return kept;
  }

  /** Which login is remembered for. */
  String boundTo(LoginMethod role) {
    return place.boundTo(role);
  }

  /** Remembers {@code opened}; does nothing where it is kept already. */
  void keep(Opened opened) {
    if (kept && opened.equals(known)) {
      return;
    }
    known = opened;
    kept = false;
    try {
      transactions.run(transaction -> store.keep(transaction, backend, opened));
      kept = true;
    } catch (SecretException notNow) {
      // It is known, which is what the login needs; the next call keeps it.
    }
  }
}
