/**
 * The demo's Vault: a server of its own, which leases logins of the demo's PostgreSQL.
 *
 * <p>{@link dev.latchkey.demo.vault.Main} is the process that keeps the server; {@link
 * dev.latchkey.demo.vault.VaultProcess} is the demo's handle on it, and {@link
 * dev.latchkey.demo.vault.LeasingVault} what its administrator sets up there. Imports {@code
 * process} only.
 */
@NullMarked
package dev.latchkey.demo.vault;

import org.jspecify.annotations.NullMarked;
