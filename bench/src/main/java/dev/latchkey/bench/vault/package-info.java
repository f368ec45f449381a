/**
 * What an agent before a real Vault saves: the same reads with it and without it, and how soon its
 * first secret is there.
 *
 * <p>Start reading at {@link dev.latchkey.bench.vault.KeptVault}, the server and what is in it.
 */
@NullMarked
package dev.latchkey.bench.vault;

import org.jspecify.annotations.NullMarked;
