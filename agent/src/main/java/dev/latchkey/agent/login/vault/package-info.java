/**
 * The ways to log in to HashiCorp Vault and OpenBao, and the life of the token that comes of it.
 *
 * <p>An adapter of {@code backend}'s port {@code Login}; {@code wiring} gives it the calls that
 * {@code backend.vault} makes. Start reading at {@link dev.latchkey.agent.login.vault.VaultLogin}.
 */
@NullMarked
package dev.latchkey.agent.login.vault;

import org.jspecify.annotations.NullMarked;
