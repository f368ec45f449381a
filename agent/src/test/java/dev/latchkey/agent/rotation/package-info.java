/** The step machine under crashes, and what is kept of it in memory. */
@NullMarked
package dev.latchkey.agent.rotation;

import org.jspecify.annotations.NullMarked;
