/**
 * What a run of the command line may end with: the exit codes, and failures that say what to do
 * next.
 *
 * <p>Imports none of the other packages of the command line; all of them may import it.
 */
@NullMarked
package dev.latchkey.cli.outcome;

import org.jspecify.annotations.NullMarked;
