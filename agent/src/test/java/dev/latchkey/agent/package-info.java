/** Tests of the agent as a whole: its architecture, and what no test may leave behind. */
@NullMarked
package dev.latchkey.agent;

import org.jspecify.annotations.NullMarked;
