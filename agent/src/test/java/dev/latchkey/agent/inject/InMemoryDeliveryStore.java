package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is kept of deliveries in memory; outlives them as the state store outlives a process. */
public final class InMemoryDeliveryStore implements DeliveryStore {

  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  boolean full;
  int writes;
  int refused;

  @Override
  public Map<String, Kept> all(Transaction transaction) {
    return Map.copyOf(kept);
  }

  @Override
  public void keep(Transaction transaction, String delivery, Kept now) {
    if (full) {
      refused++;
      throw SecretException.of(Reason.INTERNAL, "the state store is full");
    }
    writes++;
    kept.put(delivery, now);
  }

  /** Whether the program of a delivery is still to be told. */
  boolean isDue(String delivery) {
    Kept now = kept.get(delivery);
    return now != null && now.reloadDue();
  }
}
