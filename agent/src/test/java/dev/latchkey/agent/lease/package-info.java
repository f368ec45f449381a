/** Tests of the ledger of leases, on time that stands still until it is told to pass. */
@NullMarked
package dev.latchkey.agent.lease;

import org.jspecify.annotations.NullMarked;
