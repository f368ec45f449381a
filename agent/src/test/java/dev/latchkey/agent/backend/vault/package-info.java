/**
 * A real Vault, a proxy that puts faults before it, and what {@code backend.vault} does with both.
 *
 * <p>Start reading at {@link dev.latchkey.agent.backend.vault.RealVault}.
 */
@NullMarked
package dev.latchkey.agent.backend.vault;

import org.jspecify.annotations.NullMarked;
