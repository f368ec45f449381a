/**
 * What {@code backend.vault} does with a real Vault, and with faults before it.
 *
 * <p>Start reading at {@link dev.latchkey.testing.vault.RealVault}.
 */
@NullMarked
package dev.latchkey.agent.backend.vault;

import org.jspecify.annotations.NullMarked;
