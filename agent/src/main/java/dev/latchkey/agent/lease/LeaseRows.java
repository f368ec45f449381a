package dev.latchkey.agent.lease;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of one secret. Changed in the secret's mailbox alone; safe to read anywhere. */
final class LeaseRows {

  private final Map<String, Lease> byId = new LinkedHashMap<>();
  private volatile List<Lease> all = List.of();

  List<Lease> all() {
    return all;
  }

  Optional<Lease> find(String id) {
    return all.stream().filter(row -> row.id().equals(id)).findFirst();
  }

  /** The lease whose value is current. */
  Optional<Lease> held() {
    return at(Lease.Stage.HELD);
  }

  Optional<Lease> at(Lease.Stage stage) {
    return all.stream().filter(row -> row.stage() == stage).findFirst();
  }

  void put(Lease row) {
    byId.put(row.id(), row);
    all = List.copyOf(byId.values());
  }

  void remove(Lease row) {
    byId.remove(row.id());
    all = List.copyOf(byId.values());
  }
}
