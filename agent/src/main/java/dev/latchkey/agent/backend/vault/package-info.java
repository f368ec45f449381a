/**
 * The backend for HashiCorp Vault and OpenBao: key-value secrets, leased and dynamic credentials,
 * and what becomes of leases.
 *
 * <p>An adapter: imports leaves and capabilities only. The driver's rest layer makes the calls, and
 * one HTTP client of ours beneath it bounds them. Start reading at {@link
 * dev.latchkey.agent.backend.vault.VaultBackend}, then {@link
 * dev.latchkey.agent.backend.vault.VaultHttp}.
 */
@NullMarked
package dev.latchkey.agent.backend.vault;

import org.jspecify.annotations.NullMarked;
