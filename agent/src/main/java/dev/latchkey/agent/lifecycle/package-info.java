/**
 * How components start, stop and say how they are.
 *
 * <p>A leaf: free to every package. Start reading at {@link dev.latchkey.agent.lifecycle.Health}.
 */
@NullMarked
package dev.latchkey.agent.lifecycle;

import org.jspecify.annotations.NullMarked;
