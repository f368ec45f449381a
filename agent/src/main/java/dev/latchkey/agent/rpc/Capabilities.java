package dev.latchkey.agent.rpc;

import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.backup.StateBackup;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.crypto.Keyrings;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.lease.Leases;
import dev.latchkey.agent.lifecycle.Ending;
import dev.latchkey.agent.readiness.Readiness;
import dev.latchkey.agent.rotation.Rotations;
import dev.latchkey.agent.supply.Supply;
import dev.latchkey.agent.watch.Watches;
import java.util.function.Supplier;

/** What the services serve from; each is safe for use by several threads. */
public record Capabilities(
    Catalog catalog,
    Supplier<Policy> policy,
    Current current,
    Supply supply,
    Leases leases,
    Holders holders,
    Watches watches,
    Keyrings keyrings,
    Rotations rotations,
    AuditLog audit,
    StateBackup backup,
    Readiness readiness,
    Ending ending) {}
