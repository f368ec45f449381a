/**
 * A small Micronaut application whose configuration names secrets of Latchkey, as {@code
 * docs/configuration.md} shows it. Start at {@link dev.latchkey.sample.micronaut.Main}; nothing may
 * depend on it.
 */
@NullMarked
package dev.latchkey.sample.micronaut;

import org.jspecify.annotations.NullMarked;
