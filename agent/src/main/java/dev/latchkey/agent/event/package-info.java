/**
 * What happened in the agent and an operator should know, as values.
 *
 * <p>A leaf: free to every package. Start reading at {@link dev.latchkey.agent.event.AgentEvent}.
 */
@NullMarked
package dev.latchkey.agent.event;

import org.jspecify.annotations.NullMarked;
