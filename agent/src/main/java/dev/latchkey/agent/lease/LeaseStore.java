package dev.latchkey.agent.lease;

import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Keeps the ledger. Called on the store's thread. */
public interface LeaseStore {

  /** Keeps a row in place of the one with the same id. */
  void save(Transaction transaction, Lease lease);

  /** Forgets a row. */
  void remove(Transaction transaction, String id);

  /** Every row, in the order in which they were first kept. */
  List<Lease> all(Transaction transaction);

  /**
   * Keeps in each row made under the token called {@code accessor} when that token ends; empty
   * while it is renewed.
   */
  void parentEnds(Transaction transaction, String accessor, Optional<Instant> at);
}
