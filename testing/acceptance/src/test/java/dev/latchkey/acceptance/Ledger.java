package dev.latchkey.acceptance;

import dev.latchkey.v1.LeaseEntry;
import dev.latchkey.v1.ListLeasesRequest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What an agent's ledger says of its leases, at one moment. */
record Ledger(List<LeaseEntry> rows) {

  static Ledger of(RunningAgent agent) {
    try (Operator operator = new Operator(agent)) {
      return new Ledger(
          operator.calls().listLeases(ListLeasesRequest.getDefaultInstance()).getLeasesList());
    }
  }

  /** The rows that are no intents, as the server calls them. */
  Set<String> leases() {
    Set<String> leases = new TreeSet<>();
    rows.stream().map(LeaseEntry::getLeaseId).filter(id -> !id.isEmpty()).forEach(leases::add);
    return leases;
  }

  List<LeaseEntry> at(String stage) {
    return rows.stream().filter(row -> row.getStage().equals(stage)).toList();
  }

  /** What may have been granted without the agent's knowledge. */
  List<LeaseEntry> intents() {
    return at("intent");
  }
}
