/** Tests of {@code watch}. */
@NullMarked
package dev.latchkey.agent.watch;

import org.jspecify.annotations.NullMarked;
