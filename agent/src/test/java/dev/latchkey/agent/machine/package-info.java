/** Tests of the machine under the agent. */
@NullMarked
package dev.latchkey.agent.machine;

import org.jspecify.annotations.NullMarked;
