/** Tests of the program: its words, its refusals and its exit codes. */
@NullMarked
package dev.latchkey.agent.wiring;

import org.jspecify.annotations.NullMarked;
