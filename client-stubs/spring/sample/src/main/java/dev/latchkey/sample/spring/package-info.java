/**
 * A small Spring Boot application whose configuration names secrets of Latchkey, as {@code
 * docs/configuration.md} shows it. Start at {@link dev.latchkey.sample.spring.Main}; nothing may
 * depend on it.
 */
@NullMarked
package dev.latchkey.sample.spring;

import org.jspecify.annotations.NullMarked;
