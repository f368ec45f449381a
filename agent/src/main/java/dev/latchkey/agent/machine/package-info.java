/**
 * The machine under the agent: its accounts, its processes, how long it has been up, and the calls
 * of its C library that the JDK does not offer.
 *
 * <p>A leaf that knows nothing of secrets. Who makes a native call declares it in its own room,
 * through {@link dev.latchkey.agent.machine.CLibrary}.
 */
@NullMarked
package dev.latchkey.agent.machine;

import org.jspecify.annotations.NullMarked;
