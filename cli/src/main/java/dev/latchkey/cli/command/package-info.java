/**
 * The verbs that talk to a running agent, one class each.
 *
 * <p>Start reading at {@link dev.latchkey.cli.command.AgentCommand}, which holds the options that
 * all verbs share, then {@link dev.latchkey.cli.command.Verbs}, the list of them. May import {@code
 * child}, {@code socket}, {@code output} and {@code outcome}.
 */
@NullMarked
package dev.latchkey.cli.command;

import org.jspecify.annotations.NullMarked;
