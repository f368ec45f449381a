/**
 * A real Vault or OpenBao, found on this machine and started, its administrator, and a proxy that
 * puts faults before it.
 *
 * <p>Start reading at {@link dev.latchkey.testing.vault.VaultBinary} and {@link
 * dev.latchkey.testing.vault.VaultServer}; tests begin at {@link
 * dev.latchkey.testing.vault.RealVault}, the one class here that needs JUnit. Imports nothing of
 * Latchkey; whoever needs a server may use it.
 */
@NullMarked
package dev.latchkey.testing.vault;

import org.jspecify.annotations.NullMarked;
