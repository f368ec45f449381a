/**
 * What is current: the held values and the one door through which a state becomes current.
 *
 * <p>Imports leaves, {@code catalog} and {@code audit}; the only place that sees Caffeine. Start
 * reading at {@link dev.latchkey.agent.current.Current}.
 */
@NullMarked
package dev.latchkey.agent.current;

import org.jspecify.annotations.NullMarked;
