package dev.latchkey.agent.inject;

import dev.latchkey.agent.store.Transaction;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Due reloads in memory; outlives the deliveries as the state store outlives a process. */
public final class InMemoryReloadStore implements ReloadStore {

  private final Set<String> due = ConcurrentHashMap.newKeySet();

  @Override
  public Set<String> due(Transaction transaction) {
    return Set.copyOf(due);
  }

  @Override
  public void mark(Transaction transaction, String delivery) {
    due.add(delivery);
  }

  @Override
  public void clear(Transaction transaction, String delivery) {
    due.remove(delivery);
  }
}
