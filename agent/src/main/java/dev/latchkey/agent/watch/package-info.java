/**
 * Streams of changes, one slot per subscription and secret.
 *
 * <p>Imports {@code current}, {@code consumer} and {@code access}. Start reading at {@link
 * dev.latchkey.agent.watch.Watches}.
 */
@NullMarked
package dev.latchkey.agent.watch;

import org.jspecify.annotations.NullMarked;
