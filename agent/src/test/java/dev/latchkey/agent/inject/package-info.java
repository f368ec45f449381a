/** Tests of the deliveries into files. */
@NullMarked
package dev.latchkey.agent.inject;

import org.jspecify.annotations.NullMarked;
