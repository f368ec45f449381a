/**
 * The command line: a client of the agent's two sockets that starts fast and holds no container.
 *
 * <p>Start reading at {@link dev.latchkey.cli.Program}. It may import every package below it, and
 * nothing imports it: {@code command} holds one class per verb, {@code child} runs another program
 * with secrets, {@code socket} finds and opens the sockets, {@code output} writes tables and JSON,
 * {@code outcome} names what a process may end with.
 */
@NullMarked
package dev.latchkey.cli;

import org.jspecify.annotations.NullMarked;
