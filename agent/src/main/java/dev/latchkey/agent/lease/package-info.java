/**
 * The ledger of leases: one owner for each, written down before it is asked for, renewed in time,
 * replaced through the one door, and revoked once nobody holds it. The agent's own tokens are kept
 * here too.
 *
 * <p>Imports {@code backend}, {@code current}, {@code catalog}, {@code consumer}, {@code audit} and
 * {@code schedule}. Start reading at {@link dev.latchkey.agent.lease.LeaseLedger}.
 */
@NullMarked
package dev.latchkey.agent.lease;

import org.jspecify.annotations.NullMarked;
