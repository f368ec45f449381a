/**
 * Reloads of programs on this machine: a signal to a process that is pinned first, or a command in
 * a process group of its own.
 *
 * <p>An adapter of {@code inject}. It calls the C library through {@code java.lang.foreign}: the
 * JDK has neither pidfds nor process groups. Start reading at {@link
 * dev.latchkey.agent.reload.process.ProcessReloader}.
 */
@NullMarked
package dev.latchkey.agent.reload.process;

import org.jspecify.annotations.NullMarked;
