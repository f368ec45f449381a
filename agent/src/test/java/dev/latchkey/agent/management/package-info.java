/** Tests of {@code management}. */
@NullMarked
package dev.latchkey.agent.management;

import org.jspecify.annotations.NullMarked;
