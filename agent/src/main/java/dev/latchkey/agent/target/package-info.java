/**
 * The port to what is rotated: a database, and later a program or an HTTP API.
 *
 * <p>Imports leaves only. Start reading at {@link dev.latchkey.agent.target.Target}.
 */
@NullMarked
package dev.latchkey.agent.target;

import org.jspecify.annotations.NullMarked;
