/**
 * How a value comes: one upstream read for any number of callers, refresh ahead of time, and puts.
 *
 * <p>Imports {@code backend}, {@code current}, {@code catalog} and {@code schedule}. Start reading
 * at {@link dev.latchkey.agent.supply.Supply}.
 */
@NullMarked
package dev.latchkey.agent.supply;

import org.jspecify.annotations.NullMarked;
