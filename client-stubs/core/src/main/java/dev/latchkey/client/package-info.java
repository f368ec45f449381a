/**
 * The client of a Latchkey agent: reads, watches and keeps a local copy of credentials over the
 * agent's Unix socket.
 *
 * <p>Start at {@link dev.latchkey.client.LatchkeyClient} for calls and at {@link
 * dev.latchkey.client.Watch} for the copy that follows the agent. Everything an application sees is
 * a value type of this package; the generated types of the contract never leave it, because their
 * text form would show a secret.
 *
 * <p>Anything may depend on this package; it depends on the generated contract and on gRPC alone.
 */
@NullMarked
package dev.latchkey.client;

import org.jspecify.annotations.NullMarked;
