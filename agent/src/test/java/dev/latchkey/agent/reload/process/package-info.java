/** Tests of reloads on this machine, with real processes. */
@NullMarked
package dev.latchkey.agent.reload.process;

import org.jspecify.annotations.NullMarked;
