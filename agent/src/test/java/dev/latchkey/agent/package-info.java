/** Tests of the agent as a whole: its architecture. */
@NullMarked
package dev.latchkey.agent;

import org.jspecify.annotations.NullMarked;
