/**
 * The demo's agent: a process of its own, steered over its operator socket like any other.
 *
 * <p>Start reading at {@link dev.latchkey.demo.agent.AgentProcess}, then {@link
 * dev.latchkey.demo.agent.Operator}. Imports {@code process}, and of Latchkey the contract and the
 * client.
 */
@NullMarked
package dev.latchkey.demo.agent;

import org.jspecify.annotations.NullMarked;
