/** Tests of what is current, and the contract of the port to its versions. */
@NullMarked
package dev.latchkey.agent.current;

import org.jspecify.annotations.NullMarked;
