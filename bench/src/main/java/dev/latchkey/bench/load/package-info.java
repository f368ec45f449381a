/**
 * A closed-loop load over Unix sockets and the arithmetic on what it measured.
 *
 * <p>Knows nothing of Latchkey. Start reading at {@link dev.latchkey.bench.load.ClosedLoop}.
 */
@NullMarked
package dev.latchkey.bench.load;

import org.jspecify.annotations.NullMarked;
