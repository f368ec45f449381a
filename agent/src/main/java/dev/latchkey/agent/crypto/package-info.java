/**
 * Keyrings for callers, and the sealing of what is stored; the only place that sees Tink.
 *
 * <p>Imports leaves only. Start reading at {@link dev.latchkey.agent.crypto.Keyrings}.
 */
@NullMarked
package dev.latchkey.agent.crypto;

import org.jspecify.annotations.NullMarked;
