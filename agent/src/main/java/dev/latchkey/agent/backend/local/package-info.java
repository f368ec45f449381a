/**
 * The backend that needs no server: the versions that the door wrote into the agent's own state
 * store.
 *
 * <p>An adapter: imports leaves and capabilities only. Start reading at {@link
 * dev.latchkey.agent.backend.local.LocalBackend}.
 */
@NullMarked
package dev.latchkey.agent.backend.local;

import org.jspecify.annotations.NullMarked;
