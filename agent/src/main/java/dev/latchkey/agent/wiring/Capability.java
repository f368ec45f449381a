package dev.latchkey.agent.wiring;

import dev.latchkey.agent.consumer.DurableHolders;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.inject.Deliveries;
import dev.latchkey.agent.lease.LeaseLedger;
import dev.latchkey.agent.readiness.DerivedReadiness;
import dev.latchkey.agent.rotation.AlternatingRotations;
import dev.latchkey.agent.supply.BackendSupply;
import dev.latchkey.agent.watch.SlottedWatches;
import java.util.Map;

/** The capabilities that are started and stopped. */
record Capability(
    CaffeineCurrent current,
    Map<String, BackendFactory.Built> backends,
    LeaseLedger ledger,
    BackendSupply supply,
    DurableHolders holders,
    AlternatingRotations rotations,
    SlottedWatches watches,
    Deliveries deliveries,
    DerivedReadiness readiness) {

  Capability {
    backends = Map.copyOf(backends);
  }
}
