/** The store's unit of work in memory, for tests of the capabilities. */
@NullMarked
package dev.latchkey.agent.store;

import org.jspecify.annotations.NullMarked;
