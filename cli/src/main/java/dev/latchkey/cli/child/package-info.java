/**
 * Runs another program with secrets in its environment: becomes it, or starts it and stays to tell
 * it of changes.
 *
 * <p>Start reading at {@link dev.latchkey.cli.child.ChildCommand}, then {@link
 * dev.latchkey.cli.child.Supervisor}. What the system offers is called directly, by {@code Posix}.
 * May import {@code outcome}.
 */
@NullMarked
package dev.latchkey.cli.child;

import org.jspecify.annotations.NullMarked;
