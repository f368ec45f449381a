/**
 * The clock, the timers and the arithmetic of waiting.
 *
 * <p>A leaf: free to every package, and the only one that may read a clock of the JDK or make a
 * source of randomness. Start reading at {@link dev.latchkey.agent.time.TimeSource}.
 */
@NullMarked
package dev.latchkey.agent.time;

import org.jspecify.annotations.NullMarked;
