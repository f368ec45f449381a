package dev.latchkey.agent.lease;

import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ledger in memory, for tests. Safe for use by several threads. */
public final class InMemoryLeaseStore implements LeaseStore {

  private final Map<String, Lease> rows = new LinkedHashMap<>();

  @Override
  public synchronized void save(Transaction transaction, Lease lease) {
    rows.put(lease.id(), lease);
  }

  @Override
  public synchronized void parentEnds(
      Transaction transaction, String accessor, Optional<Instant> at) {
    rows.replaceAll((id, row) -> row.parent().equals(accessor) ? row.parentEnding(at) : row);
  }

  @Override
  public synchronized void remove(Transaction transaction, String id) {
    rows.remove(id);
  }

  @Override
  public synchronized List<Lease> all(Transaction transaction) {
    return List.copyOf(rows.values());
  }
}
