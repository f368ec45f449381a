/**
 * Puts the agent together: the Micronaut factories, the order of start and stop, and main.
 *
 * <p>May import every other room; nobody imports it. Start reading at {@link
 * dev.latchkey.agent.wiring.Main}.
 */
@NullMarked
package dev.latchkey.agent.wiring;

import org.jspecify.annotations.NullMarked;
