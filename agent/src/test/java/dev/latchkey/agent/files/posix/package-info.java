/** Tests of {@code files.posix}; some of them start, kill and trace processes that deliver. */
@NullMarked
package dev.latchkey.agent.files.posix;

import org.jspecify.annotations.NullMarked;
