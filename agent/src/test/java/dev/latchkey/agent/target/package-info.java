/** A target in memory, for whoever tests what works on one. */
@NullMarked
package dev.latchkey.agent.target;

import org.jspecify.annotations.NullMarked;
