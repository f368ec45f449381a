/**
 * Who asks: the attributes of a calling process that the kernel attests.
 *
 * <p>A leaf: free to every package. Start reading at {@link dev.latchkey.agent.caller.Attestor}.
 */
@NullMarked
package dev.latchkey.agent.caller;

import org.jspecify.annotations.NullMarked;
