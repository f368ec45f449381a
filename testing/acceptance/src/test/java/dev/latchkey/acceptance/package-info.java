/**
 * What the product promises, shown by real processes over real sockets against a real PostgreSQL.
 *
 * <p>Start reading at {@link dev.latchkey.acceptance.RunningAgent}.
 */
@NullMarked
package dev.latchkey.acceptance;

import org.jspecify.annotations.NullMarked;
