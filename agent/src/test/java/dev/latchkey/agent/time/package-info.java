/** Fake time, and the tests of the arithmetic of waiting. */
@NullMarked
package dev.latchkey.agent.time;

import org.jspecify.annotations.NullMarked;
