/**
 * Writes answers for people (aligned tables) and for programs (JSON with stable keys).
 *
 * <p>Start reading at {@link dev.latchkey.cli.output.MessageJson}. Imports none of the other
 * packages of the command line.
 */
@NullMarked
package dev.latchkey.cli.output;

import org.jspecify.annotations.NullMarked;
