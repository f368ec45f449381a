/**
 * Whether the agent is ready and how healthy it is, with a reason per secret.
 *
 * <p>Imports {@code current}, {@code catalog} and every health. Start reading at {@link
 * dev.latchkey.agent.readiness.Readiness}.
 */
@NullMarked
package dev.latchkey.agent.readiness;

import org.jspecify.annotations.NullMarked;
