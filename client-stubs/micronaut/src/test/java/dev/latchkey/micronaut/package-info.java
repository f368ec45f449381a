/**
 * Tests of secrets in the configuration of a Micronaut application, against an agent on a real
 * socket that does what a test says.
 */
@NullMarked
package dev.latchkey.micronaut;

import org.jspecify.annotations.NullMarked;
