/**
 * <code>${latchkey:NAME#field}</code> in the configuration of a Micronaut application: resolved at
 * the start, which fails with a clear message where it cannot be, and refreshed on change.
 *
 * <p>Nothing here is called by an application; being on the class path is enough. Micronaut takes
 * what stands behind the first colon of a placeholder for a default, so {@link
 * dev.latchkey.micronaut.LatchkeyPropertySource} lies over the property sources that hold such
 * placeholders and spells them so that {@link dev.latchkey.micronaut.LatchkeyExpressionResolver} is
 * asked. No property source ever holds a value; a value is a text and nothing in it is resolved
 * again. Start at {@link dev.latchkey.micronaut.LatchkeyConfigurer}.
 */
@NullMarked
package dev.latchkey.micronaut;

import org.jspecify.annotations.NullMarked;
