/**
 * The agent under measurement, as a process of its own.
 *
 * <p>{@link dev.latchkey.bench.agent.MeasuredAgent} is its main class: the agent as shipped, and
 * beside it a server that answers with a constant. {@link dev.latchkey.bench.agent.AgentUnderTest}
 * is the handle on it.
 */
@NullMarked
package dev.latchkey.bench.agent;

import org.jspecify.annotations.NullMarked;
