/**
 * The port to secret managers.
 *
 * <p>Imports leaves only; adapters live in {@code backend.local} and its siblings. Start reading at
 * {@link dev.latchkey.agent.backend.Backend}.
 */
@NullMarked
package dev.latchkey.agent.backend;

import org.jspecify.annotations.NullMarked;
