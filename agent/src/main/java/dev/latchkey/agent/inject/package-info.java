/**
 * Deliveries into files: what is written where, and the port to the place it is written to.
 *
 * <p>Imports {@code current}, {@code consumer} and {@code access}. Start reading at {@link
 * dev.latchkey.agent.inject.FileTree}.
 */
@NullMarked
package dev.latchkey.agent.inject;

import org.jspecify.annotations.NullMarked;
