/**
 * Tests of the values that placeholders refer to, against an agent on a real socket that does what
 * a test says.
 */
@NullMarked
package dev.latchkey.client.placeholder;

import org.jspecify.annotations.NullMarked;
