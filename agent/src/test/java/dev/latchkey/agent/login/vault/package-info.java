/**
 * Every way to log in, on a real Vault.
 *
 * <p>Start reading at {@link dev.latchkey.agent.login.vault.VaultLoginContract}.
 */
@NullMarked
package dev.latchkey.agent.login.vault;

import org.jspecify.annotations.NullMarked;
